import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import { createClassifier } from "@support-it-agent/shared/classifier/create-classifier";
import type { EmbeddedDatabase } from "@support-it-agent/shared/node/database/open-pglite";
import { openPglite } from "@support-it-agent/shared/node/database/open-pglite";
import { createWorkerEmbedder } from "@support-it-agent/shared/node/embedder/create-worker-embedder";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Answer } from "../../api/src/answer.ts";
import { type AnswerDeps, answerQuestion } from "../../api/src/answer-question.ts";
import { createGenerateAnswer } from "../../api/src/generation/create-generate-answer.ts";
import { recordPrediction } from "../../api/src/records/record-prediction.ts";
import { createReadAround } from "../../api/src/retrieval/create-read-around.ts";
import { createRetrieve } from "../../api/src/retrieval/create-retrieve.ts";
import { findModelDir } from "../../scripts/lib/find-model-dir.ts";
import { prepareStarterDatabase } from "./prepare-starter-database.ts";

const root = new URL("../../", import.meta.url);

const everydaySchema = z.object({
  question: z.string(),
  language: z.string(),
  queues: z.array(z.string()).min(1),
  urgencies: z.array(z.enum(["low", "medium", "high"])),
  articles: z.array(z.string()).min(1),
});
const plainSchema = z.object({ question: z.string(), language: z.string() });

function readQuestions<Schema extends z.ZodType>(name: string, schema: Schema): z.infer<Schema>[] {
  const lines = readFileSync(new URL(`test/fixtures/${name}-questions.jsonl`, root), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => schema.parse(JSON.parse(line)));
}

const everyday = readQuestions("everyday", everydaySchema);
const unanswerable = readQuestions("unanswerable", plainSchema);
const outOfScope = readQuestions("out-of-scope", plainSchema);

let database: EmbeddedDatabase;
let deps: AnswerDeps;
let close: () => Promise<void>;
let topics: Map<string, string>;

beforeAll(async () => {
  database = await openPglite(prepareStarterDatabase());
  const embedder = await createWorkerEmbedder({
    modelDir: process.env.MODEL_DIR || findModelDir({ modelDir: undefined }),
  });
  const bundle = await loadBundle(readBundleFolder(fileURLToPath(new URL("models/starter", root))));
  const classifier = await createClassifier(bundle);
  deps = {
    embedder,
    classifier,
    retrieve: createRetrieve(database),
    readAround: createReadAround(database),
    generateAnswer: createGenerateAnswer({ generator: null }),
    composes: false,
    recordPrediction: recordPrediction(database),
  };
  const documents = await database.rows(sql`select id::text as id, external_id from documents`);
  topics = new Map(
    documents.map((row) => [
      String(row.id),
      String(row.external_id).replace(/^.*\//, "").replace(/\.md$/, ""),
    ]),
  );
  close = async () => {
    await classifier.close();
    await embedder.close();
    await database.close();
  };
}, 900_000);

afterAll(() => close());

async function ask(question: string): Promise<Answer> {
  const request = {
    question,
    conversation: [],
    topK: 6,
    requestId: "test",
    signal: new AbortController().signal,
  };
  for await (const event of answerQuestion(deps, request)) if (event.type === "done") return event.answer;
  throw new Error("no answer");
}

test("'Mon VPN ne marche pas' is a network matter, not a low one, and is answered in French from an article", async () => {
  const answer = await ask("Mon VPN ne marche pas");
  expect(answer.predictedQueue).toBe("Network / Infrastructure");
  expect(["medium", "high"]).toContain(answer.predictedUrgency);
  expect(answer).toMatchObject({ action: "answer", language: "fr", generatedBy: "extractive", degraded: [] });
  expect(answer.sources.map((source) => topics.get(source.id))).toContain("vpn-not-connecting");
  expect(answer.response).toMatch(/\[\d\]/);
  expect(answer.predictionId).toMatch(/^[0-9a-f-]{36}$/);
});

describe.each(everyday)(
  "everyday question: $question",
  ({ question, language, queues, urgencies, articles }) => {
    let answer: Answer;
    beforeAll(async () => {
      answer = await ask(question);
    });
    test("goes to a fitting queue", () => expect(queues).toContain(answer.predictedQueue));
    test("has a fitting urgency", () => expect(urgencies).toContain(answer.predictedUrgency));
    test("is answered in its language, from a fitting article", () => {
      expect(answer.action, answer.response).toBe("answer");
      expect(answer.language).toBe(language);
      expect(articles).toEqual(
        expect.arrayContaining(answer.sources.map((s) => topics.get(s.id) ?? s.kind).slice(0, 1)),
      );
    });
  },
);

describe.each(unanswerable)("a question that no article answers: $question", ({ question }) => {
  test("is handed off for missing knowledge", async () => {
    expect(await ask(question)).toMatchObject({ action: "hand_off", handOffReason: "missing_knowledge" });
  });
});

describe.each(outOfScope)("a message that is not for IT: $question", ({ question }) => {
  test("is handed off as out of scope", async () => {
    expect(await ask(question)).toMatchObject({ action: "hand_off", handOffReason: "out_of_scope" });
  });
});
