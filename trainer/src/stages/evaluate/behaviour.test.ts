// What the shipped starter bundle must do whatever its metrics say, in the serving code with the real weights.
import { fileURLToPath } from "node:url";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Classification, Classifier } from "@support-it-agent/shared/classifier/classifier";
import { createClassifier } from "@support-it-agent/shared/classifier/create-classifier";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { buildFeatures } from "@support-it-agent/shared/features/build-features";
import { createWorkerEmbedder } from "@support-it-agent/shared/node/embedder/create-worker-embedder";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { afterAll, beforeAll, expect, test } from "vitest";

const path = (relative: string) => fileURLToPath(new URL(`../../../../${relative}`, import.meta.url));

let classifier: Classifier;
let embedder: Embedder;
beforeAll(async () => {
  embedder = await createWorkerEmbedder({
    modelDir: process.env.MODEL_DIR || path(".cache/models"),
    workers: 1,
  });
  classifier = await createClassifier(await loadBundle(readBundleFolder(path("models/starter"))));
});
afterAll(async () => {
  await classifier?.close();
  await embedder?.close();
});

async function classify(text: string): Promise<Classification> {
  const prepared = prepareText(text);
  const [vector] = await embedder.embed([prepared.text]);
  const [classification] = await classifier.classify([buildFeatures(prepared, vector!)]);
  return classification!;
}

const queueOf = async (text: string) => (await classify(text)).queue.label;
const highOf = async (text: string) => (await classify(text)).urgency.probabilities.high;

const plain = [
  ["The VPN client disconnects every ten minutes when I work from home", "Network / Infrastructure"],
  ["Wifi is very weak in the meeting room on the second floor", "Network / Infrastructure"],
  ["The battery of my laptop does not charge any more", "Hardware / Device"],
  ["My keyboard has three dead keys, can it be replaced", "Hardware / Device"],
  ["Excel crashes each time I open the budget workbook", "Software / Product"],
  ["I forgot my password and my account is locked", "Security / Access"],
  ["I received a phishing mail and clicked on the link", "Security / Access"],
  ["Le VPN se déconnecte sans arrêt quand je télétravaille", "Network / Infrastructure"],
  ["La batterie de mon portable ne charge plus", "Hardware / Device"],
  ["Excel plante à chaque ouverture du fichier de budget", "Software / Product"],
  ["J'ai oublié mon mot de passe et mon compte est verrouillé", "Security / Access"],
] as const;

test.each(plain)("%s -> %s", async (text, queue) => {
  expect(await queueOf(text)).toBe(queue);
});

const changes: readonly [string, (text: string) => string][] = [
  ["upper case", (text) => text.toUpperCase()],
  ["a greeting", (text) => (/[éè]|mon |La |Le /.test(text) ? `Bonjour,\n\n${text}` : `Hello,\n\n${text}`)],
  [
    "a signature",
    (text) => (/[éè]|mon |La |Le /.test(text) ? `${text}\n\nMerci,\nCamille` : `${text}\n\nThanks,\nSam`),
  ],
  // The two middle letters of the longest word change places.
  [
    "a typo",
    (text) => {
      const longest = text.split(" ").reduce((a, b) => (b.length > a.length ? b : a));
      const at = Math.floor(longest.length / 2);
      const swapped = longest.slice(0, at - 1) + longest[at] + longest[at - 1] + longest.slice(at + 1);
      return text.replace(longest, swapped);
    },
  ],
];

test.each(changes)("%s does not change the queue", async (_, change) => {
  for (const [text, queue] of plain) expect([text, await queueOf(change(text))]).toEqual([text, queue]);
});

test.each([
  ["The booking system is slow", "The booking system is down for everyone, nobody can work"],
  ["L'intranet est lent", "L'intranet est en panne pour tout le monde, plus personne ne peut travailler"],
])("everything down for everyone raises the urgency: %s", async (calm, outage) => {
  expect(await highOf(outage)).toBeGreaterThan((await highOf(calm)) + 0.2);
  expect((await classify(outage)).urgency.label).toBe("high");
});

test.each([
  ["The label printer of the warehouse is dead and lorries are waiting.", "This cannot wait."],
  [
    "The label printer of the warehouse is dead and lorries are waiting.",
    "It does not print anything at all.",
  ],
  ["La paie doit partir ce soir et l'application est bloquée.", "Cela ne peut pas attendre."],
  ["La paie doit partir ce soir et l'application est bloquée.", "Plus rien ne fonctionne."],
])("a negation does not lower the urgency: %s %s", async (text, negation) => {
  const [without, withIt] = [await classify(text), await classify(`${text} ${negation}`)];
  expect(without.urgency.label).toBe("high");
  expect(withIt.urgency.label).toBe("high");
  expect(withIt.urgency.probabilities.high).toBeGreaterThan(without.urgency.probabilities.high - 0.05);
});

test.each(["hello", "salut, ça va ?", "What's a good recipe for pancakes?", "Quel temps fera-t-il demain ?"])(
  "%s is for no queue",
  async (text) => {
    expect((await classify(text)).outOfScope.isOutOfScope).toBe(true);
  },
);

test.each(plain)("%s is for IT", async (text) => {
  expect((await classify(text)).outOfScope.isOutOfScope).toBe(false);
});
