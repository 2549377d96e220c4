import type { Database } from "@support-it-agent/shared/database/database";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { migrate } from "@support-it-agent/shared/node/database/migrate";
import { openPglite } from "@support-it-agent/shared/node/database/open-pglite";
import { createWorkerEmbedder } from "@support-it-agent/shared/node/embedder/create-worker-embedder";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findModelDir } from "../../../scripts/lib/find-model-dir.ts";
import { putDocument } from "../knowledge/put-document.ts";
import { createReadAround } from "./create-read-around.ts";
import { createRetrieve } from "./create-retrieve.ts";

let database: Database;
let embedder: Embedder;

beforeAll(async () => {
  database = await openPglite();
  await migrate(database);
  embedder = await createWorkerEmbedder({
    modelDir: process.env.MODEL_DIR || findModelDir({ modelDir: undefined }),
    workers: 1,
  });
});

afterAll(async () => {
  await embedder.close();
  await database.close();
});

const filler = (topic: string) =>
  Array.from(
    { length: 40 },
    (_, i) => `The ${topic} of part ${i} is described here in a sentence of its own.`,
  ).join(" ");

async function put(externalId: string, markdown: string) {
  const bytes = new TextEncoder().encode(markdown);
  await putDocument({ database, embedder }, { bytes, mediaType: "text/markdown", externalId });
}

async function search(question: string) {
  const embedding = embedder.embed([question]).then(([vector]) => vector ?? new Float32Array(384));
  return createRetrieve(database)({ text: question, language: "en", embedding, topK: 1, kinds: ["article"] });
}

test("a passage found by its symptoms comes back with the steps that follow them", async () => {
  await put(
    "beamer.md",
    `# The beamer stays dark\n\n## Symptoms\n\n- The projector shows a blue picture. ${filler("symptom")}\n\n## Steps\n\n1. Press the source key of the projector until HDMI appears.\n`,
  );
  const found = await search("projector shows a blue picture");
  expect(found[0]?.content).not.toContain("source key");
  const [wide] = await createReadAround(database)(found);
  expect(wide?.content).toContain("## Steps\n\n1. Press the source key");
});

test("a long article is read around the found passage, not as a whole", async () => {
  const sections = ["alpha", "beta", "gamma", "delta", "omega"].map(
    (topic) => `## About ${topic}\n\n${filler(topic)}\n`,
  );
  await put(
    "long.md",
    `# A long manual\n\n${sections.join("\n")}\n## Zeppelin mooring\n\nThe zeppelin is moored at mast four.\n`,
  );
  const [wide] = await createReadAround(database)(await search("where is the zeppelin moored"));
  expect(wide?.content).toContain("mast four");
  expect(wide?.content).not.toContain("About alpha");
  expect(wide?.content.length).toBeLessThanOrEqual(4_000);
});

test("without articles nothing is read", async () => {
  expect(await createReadAround(database)([])).toEqual([]);
});
