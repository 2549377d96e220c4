import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { chunkDocument } from "../knowledge/chunk-document.ts";
import { parseMarkdown } from "../knowledge/parse-markdown.ts";
import { publishedText } from "../knowledge/published-text.ts";
import { extractiveAnswer } from "./extractive-answer.ts";
import type { GivenSource } from "./generation.ts";

describe("out of the starter articles", () => {
  test("a French question gets a French lead-in, the article's steps in their order, and a source on each line", () => {
    const answer = ask("Mon VPN ne marche pas", "fr", article("fr", "vpn-not-connecting"));
    const [leadIn, , ...lines] = answer.text.split("\n");
    expect(leadIn).toBe("D'après la base de connaissances, « Mon VPN ne se connecte pas » :");
    expect(lines).toHaveLength(8);
    for (const [index, line] of lines.entries())
      expect(line).toMatch(new RegExp(`^${index + 1}\\. .+ \\[\\d\\]$`, "u"));
    expect(lines[0]).toContain("Vérifiez votre accès à Internet sans le VPN");
  });

  test("an English article for a French question is said to be in English", () => {
    const answer = ask("Mon VPN ne marche pas", "fr", article("en", "vpn-not-connecting"));
    expect(answer.text).toMatch(
      /^D'après la base de connaissances, « My VPN does not connect » \(article en anglais\) :/u,
    );
  });

  test("a French article for an English question is said to be in French", () => {
    const answer = ask("My account is locked", "en", article("fr", "account-locked"));
    expect(answer.text).toMatch(
      /^From the knowledge base, “Mon compte est verrouillé” \(article in French\):/u,
    );
  });

  test("an article that is only probably about the question says so, and how to get a person", () => {
    const fair = (language: string) =>
      article(language, "excel-freezes-recover-file").map(
        (part): GivenSource => ({ ...part, relevance: "medium" }),
      );
    expect(ask("Excel ne répond plus", "fr", fair("fr")).text).toMatch(
      /^L'article le plus proche de la base de connaissances est « .+ »\. S'il ne convient pas, demandez une personne\.\n/u,
    );
    expect(ask("My screen flickers in Excel", "en", fair("fr")).text).toMatch(
      /^The closest article in the knowledge base is “.+” \(article in French\)\. If it does not fit, ask for a person\.\n/u,
    );
  });

  test("the line that explains the question's error code comes first; the list of symptoms does not", () => {
    const { text } = ask("erreur 809 avec le vpn", "fr", article("fr", "vpn-not-connecting"));
    expect(text.split("\n")[2]).toMatch(/^- Erreurs 809, 619 et 800 : le serveur VPN n'est pas joignable/u);
  });

  test("every quoted line is the article's own words", () => {
    const passages = article("en", "report-phishing");
    const all = passages.map(({ content }) => content).join("\n");
    const { text } = ask("I clicked on a phishing link", "en", passages);
    for (const line of text.split("\n").slice(2))
      expect(all).toContain(line.replace(/^(?:\d\.|-) | \[\d\]$/gu, ""));
  });

  test("it stays with one article, the one that fits, where retrieval mixed two", () => {
    const mixed = [article("fr", "laptop-slow")[0]!, ...article("fr", "battery-not-charging")];
    const { text, used } = ask("ma batterie charge pas", "fr", renumber(mixed));
    expect(text).toContain("La batterie de mon portable ne charge pas");
    expect(used).not.toContain(1);
  });
});

describe("a numbered list", () => {
  const steps = (count: number) =>
    Array.from({ length: count }, (_, index) => `${index + 1}. Do thing ${index + 1}.`).join("\n");

  test("is quoted whole, since a step builds on those before it, whatever words the question has", () => {
    const content = "1. Unplug the dock.\n2. If it then starts, you are done.\n3. Else replace the toner.";
    const { text } = ask("toner is empty", "en", [source({ title: "Printer", content })]);
    expect(text.split("\n").slice(2)).toEqual([
      "1. Unplug the dock. [1]",
      "2. If it then starts, you are done. [1]",
      "3. Else replace the toner. [1]",
    ]);
  });

  test.each([
    ["en", 5, "… and 3 more steps in the source. [1]"],
    ["en", 3, "… and 1 more step in the source. [1]"],
    ["fr", 5, "… et encore 3 étapes dans la source. [1]"],
    ["fr", 3, "… et encore 1 étape dans la source. [1]"],
  ])("that is too long is cut at its end, and the answer says so (%s, %i steps)", (language, count, last) => {
    const passage = source({ title: "VPN", content: steps(count), language });
    const lines = ask("vpn", language, [passage], 2).text.split("\n").slice(2);
    expect(lines).toEqual(["1. Do thing 1. [1]", "2. Do thing 2. [1]", last]);
  });

  const several =
    "## On Windows\n\n1. Open Settings.\n2. Click Network.\n\n## On a Mac\n\n1. Open the apple menu.\n2. Click Network.\n3. Click the plus sign.";

  test.each([
    [
      "wifi on my mac",
      "en",
      "From the knowledge base, “Wi-Fi”, “On a Mac”:",
      "1. Open the apple menu. [1]",
      3,
    ],
    ["wifi", "en", "From the knowledge base, “Wi-Fi”, “On Windows”:", "1. Open Settings. [1]", 2],
    [
      "wifi",
      "fr",
      "D'après la base de connaissances, « Wi-Fi », « On Windows » (article en anglais) :",
      "1. Open Settings. [1]",
      2,
    ],
  ])(
    "of several is chosen by its heading, which is named: %s (%s)",
    (question, language, leadIn, first, count) => {
      const lines = ask(question, language, [source({ title: "Wi-Fi", content: several })]).text.split("\n");
      expect([lines[0], lines[2], lines.length - 2]).toEqual([leadIn, first, count]);
    },
  );

  test("of several under no heading is chosen by its steps, and never mixed with another one", () => {
    const content = "1. Restart.\n2. Wait.\n\nElse:\n\n1. Open the tray.\n2. Remove the toner.";
    const { text } = ask("toner tray", "en", [source({ title: "Printer", content })]);
    expect(text.split("\n").slice(2)).toEqual(["1. Open the tray. [1]", "2. Remove the toner. [1]"]);
  });

  test("keeps a list and a paragraph that stand under a step", () => {
    const [section] = parseMarkdown(
      "1. Open the settings:\n   - on Windows, press Win+I\n   - on a Mac, use the menu\n2. Restart.\n\n   It takes a minute.\n\nThe end.",
    ).sections;
    const content = publishedText(section?.text ?? "");
    const { text } = ask("settings", "en", [source({ title: "Settings", content })]);
    expect(text.split("\n").slice(2)).toEqual([
      "1. Open the settings:",
      "   - on Windows, press Win+I",
      "   - on a Mac, use the menu [1]",
      "2. Restart. It takes a minute. [1]",
    ]);
  });

  test("numbered with ones alone is counted; one that begins later keeps its numbers", () => {
    const quotedOf = (content: string) =>
      ask("vpn", "en", [source({ content })])
        .text.split("\n")
        .slice(2);
    expect(quotedOf("1. Restart.\n1. Wait.")).toEqual(["1. Restart. [1]", "2. Wait. [1]"]);
    expect(quotedOf("3. Restart.\n4. Wait.")).toEqual(["3. Restart. [1]", "4. Wait. [1]"]);
  });

  test("has a step once where chunks that follow each other overlap", () => {
    const content = "1. Restart.\n2. Wait.\n\n2. Wait.\n3. Call.";
    const { text } = ask("vpn", "en", [source({ content })]);
    expect(text.split("\n").slice(2)).toEqual(["1. Restart. [1]", "2. Wait. [1]", "3. Call. [1]"]);
  });
});

test("a step that overlapping chunks hold twice is quoted once, and a step over two lines is one", () => {
  const answer = ask("printer offline", "en", [
    source({
      n: 1,
      title: "Printer offline",
      content: "1. Restart the printer\n   with its switch.\n2. Check the cable.",
    }),
    source({ n: 2, title: "Printer offline", content: "2. Check the cable.\n3. Call us." }),
  ]);
  expect(answer.text.split("\n").slice(2)).toEqual([
    "1. Restart the printer with its switch. [1]",
    "2. Check the cable. [1]",
    "3. Call us. [2]",
  ]);
  expect(answer.used).toEqual([1, 2]);
});

test("a list that a chunk's end cuts is joined under its own heading, and never with another section's whose numbers go on", () => {
  const mac = { title: "Wi-Fi", content: "## On a Mac\n\n1. Open the apple menu.\n2. Click Network." };
  const rest = { n: 2, title: "Wi-Fi", content: "## On a Mac\n\n3. Click the plus sign.\n4. Restart." };
  const windows = { n: 3, title: "Wi-Fi", content: "## On Windows\n\n1. Open Settings.\n2. Click Network." };
  const quotedOf = (...parts: Partial<GivenSource>[]) =>
    ask("wifi on windows or mac", "en", parts.map(source)).text.split("\n").slice(2);
  expect(quotedOf(mac, rest).at(-1)).toBe("4. Restart. [2]");
  expect(quotedOf(windows, rest)).toEqual(["1. Open Settings. [3]", "2. Click Network. [3]"]);
});

test("an article without steps gives the sentences that fit, and nothing else", () => {
  const content =
    "Coffee is on the second floor. The guest network asks for a code from reception. Have a nice day, everyone.";
  const { text } = ask("code for the guest network?", "en", [source({ title: "Visitors", content })]);
  expect(text.split("\n").slice(2)).toEqual(["- The guest network asks for a code from reception. [1]"]);
});

test("a solved ticket is quoted as one", () => {
  const passage = source({
    kind: "ticket",
    title: "Scanner sends no mail",
    content: "Renewed the scanner's mail password.",
  });
  expect(ask("scanner cannot send mail", "en", [passage]).text).toBe(
    "A similar ticket, “Scanner sends no mail”, was solved like this:\n\n- Renewed the scanner's mail password. [1]",
  );
  expect(ask("le scanner n'envoie pas de mail", "fr", [passage]).text).toMatch(
    /^Un ticket semblable, « Scanner sends no mail » \(ticket en anglais\), a été résolu ainsi :/u,
  );
});

describe("null where nothing is good enough", () => {
  test.each([
    ["no passage", []],
    ["an empty passage", [source({ content: "  \n " })]],
    ["headings alone", [source({ content: "# VPN\n## Symptoms" })]],
    [
      "prose about something else",
      [source({ title: "Coffee", content: "The coffee machine is on the second floor." })],
    ],
    [
      "a solved ticket about something else",
      [source({ kind: "ticket", title: "Toner", content: "1. Changed the toner." })],
    ],
  ])("%s", (_, passages) => {
    expect(extractiveAnswer({ question: "vpn error 809", language: "en", passages })).toBeNull();
  });
});

describe("a long step", () => {
  const checks = Array.from({ length: 22 }, (_, index) => `after you have checked item ${index}`).join(", ");
  const content = (step: string) => `1. Sign in.\n2. ${step}\n3. Sign out.`;

  test("is quoted whole: what turns it round may stand at its end", () => {
    const step = `Delete the vault, ${checks}, and only if the lamp is green: never delete it otherwise.`;
    expect(step.length).toBeGreaterThan(700);
    const { text } = ask("clean the vault", "en", [source({ title: "Vault", content: content(step) })]);
    expect(text).toContain(`\n2. ${step} [1]\n3. Sign out. [1]`);
  });

  test.each([
    ["en", "… The rest is in the source."],
    ["fr", "… La suite est dans la source."],
  ])(
    "that is longer than 2,000 characters is cut at a sentence's end, and the answer says so (%s)",
    (language, rest) => {
      const sentence = `Wait, ${checks}.`;
      const step = `${sentence} ${sentence} ${sentence} Then delete it only if the lamp is green.`;
      const { text } = ask("vault", language, [source({ title: "Vault", content: content(step) })]);
      const line = text.split("\n").find((one) => one.startsWith("2. ")) ?? "";
      expect(line).toBe(`2. ${sentence} ${sentence} ${rest} [1]`);
    },
  );

  test("of one sentence without an end is not quoted in part", () => {
    const step = `Delete it ${checks.repeat(4)} only if the lamp is green`;
    const { text } = ask("vault", "en", [source({ title: "Vault", content: content(step) })]);
    expect(text).toContain("\n2. … The rest is in the source. [1]\n");
  });
});

test.each(["", "?!", "the and for", "[EMAIL_1]", "x".repeat(5000)])(
  "a question such as %j does no harm",
  (question) => {
    const passages = article("en", "vpn-not-connecting");
    expect(extractiveAnswer({ question, language: "en", passages })?.used.length).toBeGreaterThan(0);
  },
);

test("365 and 2026 are no error codes; 0x80070035 and KB5034441 are", () => {
  const content =
    "- Office 365 moved in 2026.\n- 0x80070035: the share is not found.\n- KB5034441: needs room.\n1. Restart.";
  const answer = (question: string) => ask(question, "en", [source({ title: "Codes", content })]).text;
  expect(answer("Office 365 in 2026 restart")).not.toContain("moved");
  expect(answer("error 0x80070035 on a share")).toContain("- 0x80070035");
  expect(answer("kb5034441 fails")).toContain("- KB5034441");
});

function ask(question: string, language: string, passages: readonly GivenSource[], maxSteps?: number) {
  const answer = extractiveAnswer({ question, language, passages, ...(maxSteps && { maxSteps }) });
  if (!answer) throw new Error(`nothing was quoted for ${question}`);
  return answer;
}

/** The chunks of a starter article, as ingest makes them. */
function article(language: string, slug: string): GivenSource[] {
  const url = new URL(`../../../data/starter/articles/${language}/${slug}.md`, import.meta.url);
  const parsed = parseMarkdown(readFileSync(url, "utf8"));
  const chunks = chunkDocument(parsed.sections, language);
  return renumber(chunks.map(({ content }) => source({ title: parsed.title ?? "", content, language })));
}

const renumber = (passages: readonly GivenSource[]) =>
  passages.map((passage, index) => ({ ...passage, n: index + 1 }));

function source(changes: Partial<GivenSource>): GivenSource {
  return { n: 1, kind: "article", title: "VPN", content: "", language: "en", relevance: "high", ...changes };
}
