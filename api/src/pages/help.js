// The help page: asks POST /ask, shows the answer as it comes, and sends back what people say of it. Texts from the server are
// put in as text, never as markup.

const texts = {
  en: {
    brand: "IT help",
    api: "API",
    title: "What is not working?",
    lead: "Describe it in your own words. You get steps from the knowledge base, with their sources, or a person takes over.",
    question: "Your question",
    placeholder: "For example: the VPN refuses my password since this morning",
    hint: "Ctrl + Enter sends",
    send: "Ask",
    followUp: "Follow up",
    again: "New question",
    other: "Français",
    samples: [
      "My VPN does not connect",
      "I got a strange mail asking for my password",
      "How do I install a printer?",
    ],
    urgency: { low: "Low urgency", medium: "Medium urgency", high: "High urgency" },
    handOff: {
      low_confidence: "Handed to a person: the agent is not sure enough.",
      missing_knowledge: "Handed to a person: the knowledge base has nothing reliable on this.",
      out_of_scope: "Not answered: this does not look like a question for IT.",
      user_request: "Handed to a person, as you asked.",
      generation_unavailable: "Handed to a person: no answer can be written at the moment.",
    },
    degraded: "Answered with less than usual",
    sources: "Sources",
    similar: "Similar solved tickets",
    extractive: "Quoted from the knowledge base",
    modelVersion: "model",
    helped: "Did this help?",
    yes: "Yes",
    no: "No",
    correct: "Correct queue or urgency",
    queueLabel: "Queue",
    urgencyLabel: "Urgency",
    unchanged: "as it is",
    sendCorrection: "Send correction",
    thanks: "Thank you, noted.",
    failed: "This could not be answered.",
    keyLabel: "Your key",
    keyHint: "This agent needs a key. It stays in this tab and is gone when you close it.",
    useKey: "Use this key",
    offline: "The server cannot be reached. Check the connection, then ask again.",
  },
  fr: {
    brand: "Aide informatique",
    api: "API",
    title: "Qu'est-ce qui ne marche pas ?",
    lead: "Décrivez-le avec vos mots. Vous recevez des étapes de la base de connaissances, avec leurs sources, ou une personne prend le relais.",
    question: "Votre question",
    placeholder: "Par exemple : le VPN refuse mon mot de passe depuis ce matin",
    hint: "Ctrl + Entrée envoie",
    send: "Demander",
    followUp: "Poursuivre",
    again: "Nouvelle question",
    other: "English",
    samples: [
      "Mon VPN ne marche pas",
      "J'ai reçu un mail bizarre qui demande mon mot de passe",
      "Comment installer une imprimante ?",
    ],
    urgency: { low: "Urgence basse", medium: "Urgence moyenne", high: "Urgence haute" },
    handOff: {
      low_confidence: "Transmis à une personne : l'agent n'est pas assez sûr.",
      missing_knowledge:
        "Transmis à une personne : la base de connaissances ne contient rien de fiable à ce sujet.",
      out_of_scope: "Sans réponse : cela ne ressemble pas à une question d'informatique.",
      user_request: "Transmis à une personne, comme demandé.",
      generation_unavailable: "Transmis à une personne : aucune réponse ne peut être rédigée pour le moment.",
    },
    degraded: "Réponse réduite",
    sources: "Sources",
    similar: "Tickets semblables résolus",
    extractive: "Extraits de la base de connaissances",
    modelVersion: "modèle",
    helped: "Cela vous a aidé ?",
    yes: "Oui",
    no: "Non",
    correct: "Corriger la file ou l'urgence",
    queueLabel: "File",
    urgencyLabel: "Urgence",
    unchanged: "inchangée",
    sendCorrection: "Envoyer",
    thanks: "Merci, c'est noté.",
    failed: "Pas de réponse possible.",
    keyLabel: "Votre clé",
    keyHint: "Cet agent demande une clé. Elle reste dans cet onglet et disparaît quand vous le fermez.",
    useKey: "Utiliser cette clé",
    offline: "Le serveur est injoignable. Vérifiez la connexion, puis demandez à nouveau.",
  },
};

const byId = (id) => document.getElementById(id);
const form = byId("ask");
const question = byId("question");
const thread = byId("thread");

let language = localStorage.getItem("language") ?? (navigator.language.startsWith("fr") ? "fr" : "en");
let conversation = [];
let underWay = null;
/** A question that waits for the key it needs. */
let unanswered = null;
let queues = loadQueues();

const text = (key) => texts[language][key];

function showLanguage() {
  document.documentElement.lang = language;
  document.title = text("brand");
  for (const element of document.querySelectorAll("[data-text]"))
    element.textContent = text(element.dataset.text);
  question.placeholder = text("placeholder");
  byId("language").textContent = text("other");
  byId("language").lang = language === "fr" ? "en" : "fr";
  byId("send").textContent = text(conversation.length > 0 ? "followUp" : "send");
  const samples = conversation.length > 0 || thread.childElementCount > 0 ? [] : text("samples");
  byId("samples").replaceChildren(...samples.map(sampleButton));
}

function sampleButton(sample) {
  const button = make("button", sample, "quiet");
  button.type = "button";
  button.addEventListener("click", () => ask(sample));
  return button;
}

function make(tag, content = "", className = "") {
  const element = document.createElement(tag);
  if (content) element.textContent = content;
  if (className) element.className = className;
  return element;
}

byId("language").addEventListener("click", () => {
  language = language === "fr" ? "en" : "fr";
  localStorage.setItem("language", language);
  showLanguage();
});

byId("again").addEventListener("click", () => {
  underWay?.abort();
  conversation = [];
  thread.replaceChildren();
  byId("again").hidden = true;
  showLanguage();
  question.focus();
});

question.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (question.value.trim()) ask(question.value.trim());
});

async function ask(asked) {
  underWay?.abort();
  underWay = new AbortController();
  const exchange = byId("exchange").content.firstElementChild.cloneNode(true);
  const part = (selector) => exchange.querySelector(selector);
  part(".asked").textContent = asked;
  part(".answer").append(make("p", "", "waiting"));
  thread.prepend(exchange);
  thread.setAttribute("aria-busy", "true");
  question.value = "";
  byId("again").hidden = false;
  byId("send").disabled = true;
  showLanguage();

  let streamed = "";
  try {
    const response = await call("/ask", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ question: asked, conversation: conversation.slice(-6), stream: true }),
      signal: underWay.signal,
    });
    if (!response.ok) throw await response.json();
    for await (const { event, data } of readEvents(response.body)) {
      if (event === "meta") showBadges(part(".badges"), data);
      if (event === "delta") {
        streamed += data.text;
        showAnswer(part(".answer"), streamed, exchange.id, true);
      }
      if (event === "done") showDone(exchange, part, asked, data);
      if (event === "error") throw data;
    }
  } catch (error) {
    if (isAboutKey(error)) unanswered = asked;
    if (error?.name !== "AbortError") showFailure(part, error, streamed);
  } finally {
    thread.setAttribute("aria-busy", "false");
    byId("send").disabled = false;
    showLanguage();
  }
}

/** fetch with the key of this tab, where there is one. Where the server wants one, or another, the page asks for it. */
async function call(path, init = {}) {
  const key = sessionStorage.getItem("key");
  const headers = { ...init.headers, ...(key ? { authorization: `Bearer ${key}` } : {}) };
  const response = await fetch(path, { ...init, headers });
  if (response.status === 401) askForKey(await response.clone().json());
  return response;
}

async function loadQueues() {
  const response = await call("/queues").catch(() => null);
  return response?.ok ? (await response.json()).queues : [];
}

const isAboutKey = (error) => error?.code === "key_required" || error?.code === "invalid_key";

function askForKey({ code, detail }) {
  byId("key").hidden = false;
  if (code !== "invalid_key") return;
  sessionStorage.removeItem("key");
  byId("key-refused").textContent = detail;
}

byId("key").addEventListener("submit", (event) => {
  event.preventDefault();
  const key = byId("key-value").value.trim();
  if (!key) return;
  sessionStorage.setItem("key", key);
  byId("key-value").value = "";
  byId("key-refused").textContent = "";
  byId("key").hidden = true;
  queues = loadQueues();
  const asked = unanswered;
  unanswered = null;
  if (asked === null) return;
  thread.firstElementChild?.remove();
  ask(asked);
});

/** Events of a text/event-stream body; comments and [DONE] carry no event and are passed over. */
async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (held + value).split("\n\n");
    held = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n");
      const event = lines.find((line) => line.startsWith("event: "))?.slice(7);
      const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
      if (event) yield { event, data: JSON.parse(data) };
    }
  }
}

function showBadges(badges, meta) {
  const queue = make("span", meta.predicted_queue, "badge");
  queue.title = `${Math.round(meta.queue_confidence * 100)} %`;
  const urgency = make("span", text("urgency")[meta.predicted_urgency], `badge ${meta.predicted_urgency}`);
  urgency.title = `${Math.round(meta.urgency_confidence * 100)} %`;
  badges.replaceChildren(queue, urgency);
}

/** Lines as paragraphs and lists, an indented item in a list of the item above it; [n] as a link to the source. */
function showAnswer(target, answer, prefix, isWaiting) {
  const blocks = [];
  for (const line of answer.split("\n")) {
    const item = /^\s*(?:(\d{1,3})[.)]|[-*•])\s+(.*)$/.exec(line);
    if (!line.trim()) continue;
    if (!item) {
      blocks.push(inline(make("p"), line, prefix));
      continue;
    }
    const tag = item[1] ? "OL" : "UL";
    const above = /^\s{2,}/.test(line) ? blocks.at(-1)?.closest("ol, ul")?.lastElementChild : null;
    let list = above ? above.lastElementChild : blocks.at(-1);
    if (list?.tagName !== tag) {
      list = make(tag.toLowerCase());
      if (item[1]) list.start = Number(item[1]);
      if (above) above.append(list);
      else blocks.push(list);
    }
    list.append(inline(make("li"), item[2], prefix));
  }
  const last = blocks.at(-1)?.lastElementChild?.closest("li") ?? blocks.at(-1);
  if (isWaiting) last?.classList.add("waiting");
  target.replaceChildren(...blocks);
}

function inline(target, line, prefix) {
  for (const piece of line.split(/(\[\d{1,2}\]|\*\*[^*]+\*\*|`[^`]+`)/)) {
    const cited = /^\[(\d+)\]$/.exec(piece);
    if (cited) {
      const link = make("a", cited[1], "cite");
      link.href = `#${prefix}-source-${cited[1]}`;
      link.setAttribute("aria-label", `Source ${cited[1]}`);
      target.append(link);
    } else if (piece.startsWith("**") && piece.length > 4) target.append(make("strong", piece.slice(2, -2)));
    else if (piece.startsWith("`") && piece.length > 2) target.append(make("code", piece.slice(1, -1)));
    else target.append(piece);
  }
  return target;
}

function showDone(exchange, part, asked, answer) {
  exchange.id = `answer-${answer.prediction_id ?? thread.childElementCount}`;
  showBadges(part(".badges"), answer);
  showAnswer(part(".answer"), answer.response, exchange.id, false);
  part(".made").textContent = madeBy(answer);
  const notices = [];
  if (answer.action === "hand_off") notices.push(text("handOff")[answer.hand_off_reason]);
  if (answer.degraded.length > 0) notices.push(`${text("degraded")}: ${answer.degraded.join(", ")}.`);
  if (notices.length > 0) {
    part(".notice").hidden = false;
    part(".notice").textContent = notices.join(" ");
  }
  showSources(part(".sources"), answer.sources, exchange.id);
  showSimilar(part(".similar"), answer.similar_tickets);
  if (answer.prediction_id) showJudge(part, answer);
  conversation.push(
    { role: "user", content: asked },
    { role: "assistant", content: answer.response.slice(0, 5000) },
  );
}

function madeBy({ generated_by, model_version }) {
  const author = generated_by === "extractive" ? text("extractive") : generated_by;
  return [author, `${text("modelVersion")} ${model_version}`].filter(Boolean).join(" · ");
}

function showSources(section, sources, prefix) {
  section.hidden = sources.length === 0;
  section.querySelector("h3").textContent = text("sources");
  section.querySelector("ol").replaceChildren(
    ...sources.map((source) => {
      const item = make("li");
      item.id = `${prefix}-source-${source.n}`;
      item.append(
        make("span", `${source.n}`, "number"),
        sourceTitle(source),
        make("p", source.quote, "quote"),
      );
      return item;
    }),
  );
}

function sourceTitle({ url, kind, id, title }) {
  if (url && /^https?:/.test(url)) {
    const link = make("a", title);
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }
  return kind === "article" ? openableArticle(id, title) : make("span", title);
}

/** The title of an article that is read nowhere else: opening it fetches its text. */
function openableArticle(id, title) {
  const details = make("details");
  details.append(make("summary", title));
  details.addEventListener("toggle", async () => {
    if (!details.open || details.childElementCount > 1) return;
    const response = await call(`/documents/${encodeURIComponent(id)}`).catch(() => null);
    const article = response ? await response.json() : null;
    details.append(make("p", article?.content ?? article?.detail ?? text("offline"), "quote"));
  });
  return details;
}

function showSimilar(section, tickets) {
  section.hidden = tickets.length === 0;
  section.querySelector("h3").textContent = text("similar");
  section.querySelector("ul").replaceChildren(
    ...tickets.map((ticket) => {
      const item = make("li");
      item.append(make("span", ticket.subject), make("p", ticket.resolution, "quote"));
      return item;
    }),
  );
}

async function showJudge(part, answer) {
  part(".judge").hidden = false;
  part(".judge-question").textContent = text("helped");
  const send = (said) => sendFeedback(part, { prediction_id: answer.prediction_id, ...said });
  const thumbs = [...part(".judge").querySelectorAll(".thumb")];
  for (const thumb of thumbs) {
    thumb.querySelector("span").textContent = text(thumb.dataset.helpful === "true" ? "yes" : "no");
    thumb.addEventListener("click", () => {
      for (const one of thumbs) one.setAttribute("aria-pressed", String(one === thumb));
      send({ helpful: thumb.dataset.helpful === "true" });
    });
  }
  part(".judge summary").textContent = text("correct");
  const [queueLabel, urgencyLabel] = part(".correct").querySelectorAll("span");
  queueLabel.textContent = text("queueLabel");
  urgencyLabel.textContent = text("urgencyLabel");
  part("[name=correct_queue]").setAttribute("aria-label", text("queueLabel"));
  part("[name=correct_urgency]").setAttribute("aria-label", text("urgencyLabel"));
  part(".correct button").textContent = text("sendCorrection");
  fill(
    part("[name=correct_queue]"),
    (await queues).map((queue) => [queue, queue]),
  );
  fill(part("[name=correct_urgency]"), Object.entries(text("urgency")));
  part(".correct").addEventListener("submit", (event) => {
    event.preventDefault();
    const said = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value));
    if (Object.keys(said).length > 0) send(said);
  });
}

function fill(select, options) {
  select.replaceChildren(
    new Option(text("unchanged"), ""),
    ...options.map(([value, label]) => new Option(label, value)),
  );
}

async function sendFeedback(part, feedback) {
  const response = await call("/feedback", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(feedback),
  }).catch(() => null);
  const problem = response && !response.ok ? await response.json().catch(() => null) : null;
  part(".thanks").textContent = response?.ok ? text("thanks") : (problem?.detail ?? text("offline"));
}

function showFailure(part, error, streamed) {
  if (!streamed) part(".answer").replaceChildren();
  for (const element of part(".answer").querySelectorAll(".waiting")) element.classList.remove("waiting");
  const said = error?.detail ? `${error.detail} (${error.code}, ${error.request_id})` : text("offline");
  part(".notice").hidden = false;
  part(".notice").classList.add("failed");
  part(".notice").textContent = `${text("failed")} ${said}`;
}

showLanguage();
const linked = new URLSearchParams(location.search).get("q")?.trim();
if (linked) ask(linked);
