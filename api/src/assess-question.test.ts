import { expect, test } from "vitest";
import type { AnswerDeps, AskRequest } from "./answer-question.ts";
import { assessQuestion } from "./assess-question.ts";
import type { ConversationTurn } from "./generation/generation.ts";
import { prepareAsked } from "./prepare-asked.ts";
import type { Passage } from "./retrieval/retrieval.ts";
import { createStageClock } from "./stage-clock.ts";

const vpn: Passage = {
  chunkId: "c1",
  kind: "article",
  sourceId: "vpn",
  queue: "Network / Infrastructure",
  title: "VPN",
  url: null,
  heading: null,
  content: "1. Restart the client.",
  language: "en",
  cosine: 0.8,
  coverage: 0.9,
  fused: 0.7,
};

/** A knowledge base that knows of VPNs; `texts` is what was embedded. */
function createDeps() {
  const texts: string[] = [];
  const deps: AnswerDeps = {
    embedder: {
      maker: "test",
      embed: async (given) => {
        texts.push(...given);
        return given.map(() => new Float32Array(384));
      },
      close: async () => {},
    },
    classifier: {
      modelVersion: "test",
      classify: async () => ({
        queue: {
          label: "Network / Infrastructure",
          confidence: 0.9,
          probabilities: { "Network / Infrastructure": 0.9 },
          abstains: false,
        },
        urgency: {
          label: "low",
          confidence: 0.8,
          probabilities: { low: 0.8, medium: 0.1, high: 0.1 },
          abstains: false,
        },
        outOfScope: { probability: 0.02, isOutOfScope: false },
      }),
    },
    retrieve: async ({ text }) => (text.includes("VPN") ? [vpn] : []),
    readAround: async (passages) => passages,
    generateAnswer: async function* () {},
    composes: false,
    recordPrediction: async () => "id",
  };
  return { deps, texts };
}

async function assess(question: string, ...earlier: string[]) {
  const { deps, texts } = createDeps();
  const conversation: ConversationTurn[] = earlier.map((content) => ({ role: "user", content }));
  const request: AskRequest = {
    question,
    conversation,
    topK: 8,
    kinds: ["article"],
    requestId: "test",
    caller: null,
    writeUntilMs: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
  };
  const { decision } = await assessQuestion(
    deps,
    request,
    prepareAsked(question, conversation),
    createStageClock(),
  );
  return { decision, texts };
}

test("a question that stands alone is embedded once, with a conversation and without", async () => {
  expect(await assess("My VPN drops every hour")).toMatchObject({
    decision: { action: "answer" },
    texts: ["My VPN drops every hour"],
  });
  expect((await assess("My VPN drops every hour", "the printer jams")).texts).toHaveLength(1);
  expect((await assess("the lamp in the hall is broken")).texts).toHaveLength(1);
});

test("an elliptical question is embedded once, behind what it is about", async () => {
  expect(await assess("and from home?", "My VPN drops")).toMatchObject({
    decision: { action: "answer" },
    texts: ["My VPN drops\nand from home?"],
  });
});

test("a question of which nothing is known alone is tried behind what came before", async () => {
  const question = "now the small window with the lock shows a red cross";
  expect(await assess(question, "My VPN drops")).toMatchObject({
    decision: { action: "answer" },
    texts: [question, `My VPN drops\n${question}`],
  });
  expect(await assess(question, "the lamp in the hall is broken")).toMatchObject({
    decision: { handOffReason: "missing_knowledge" },
  });
});

test("what is announced as another matter is not tried behind the one before", async () => {
  expect(await assess("New problem: the lamp in the hall is broken", "My VPN drops")).toMatchObject({
    decision: { handOffReason: "missing_knowledge" },
    texts: ["New problem: the lamp in the hall is broken"],
  });
});
