import { expect, test } from "vitest";
import { judgePassages } from "./judge-passages.ts";
import type { Passage } from "./retrieval/retrieval.ts";

const passage = (sourceId: string, values: Partial<Passage> = {}): Passage => ({
  chunkId: `chunk of ${sourceId}`,
  kind: "article",
  sourceId,
  queue: "Security / Access",
  title: sourceId,
  url: null,
  heading: null,
  content: "Text.",
  language: sourceId.slice(0, 2),
  cosine: 0.5,
  coverage: 0.6,
  fused: 0.5,
  ...values,
});

const judge = (...passages: Passage[]) =>
  judgePassages(passages, {
    text: "Outlook wants me to sign in, code AADSTS50053",
    language: "en",
    queueProbabilities: { "Security / Access": 0.9, "Hardware / Device": 0.05 },
  });

const idsOf = (passages: readonly Passage[]) => passages.map(({ sourceId }) => sourceId);

test("the order is retrieval's, whatever the probabilities say", () => {
  const judged = judge(
    passage("en-first", { cosine: 0.3, coverage: 0.5 }),
    passage("en-second", { cosine: 0.9, coverage: 0.9, fused: 0.35 }),
  );
  expect(idsOf(judged)).toEqual(["en-first", "en-second"]);
  expect(judged[1]?.probability).toBeGreaterThan(judged[0]?.probability ?? 1);
  expect(judged[1]?.relevance).toBe("high");
});

test("of two that retrieval finds about alike the more probable one is first", () => {
  const judged = judge(
    passage("en-first", { cosine: 0.3, coverage: 0.5 }),
    passage("en-second", { cosine: 0.9, coverage: 0.9, fused: 0.48 }),
  );
  expect(idsOf(judged)).toEqual(["en-second", "en-first"]);
});

test("the own language's version of an article stands before the other one, and has its band", () => {
  const judged = judge(passage("fr-lost"), passage("en-lost", { fused: 0.45, cosine: 0.45 }));
  expect(idsOf(judged)).toEqual(["en-lost", "fr-lost"]);
  expect(judged[0]?.probability).toBe(judged[1]?.probability);
});

test("an article that exists in another language alone stays where it is", () => {
  const far = passage("en-far", { fused: 0.2, cosine: 0.1, coverage: 0.1 });
  const judged = judge(passage("fr-only"), far);
  expect(idsOf(judged)).toEqual(["fr-only", "en-far"]);
  expect(judged[1]?.relevance).toBe("low");
});

test("an own-language article of a worse band and of another queue is not put first", () => {
  const other = passage("en-other", { queue: "Hardware / Device", fused: 0.45, cosine: 0.1, coverage: 0.3 });
  expect(idsOf(judge(passage("fr-fits", { cosine: 0.8 }), other))).toEqual(["fr-fits", "en-other"]);
});

test("of several own-language articles of a queue only the most probable one has another language's word for it", () => {
  const judged = judge(
    passage("en-near", { cosine: 0.2, coverage: 0.4 }),
    passage("en-nearest", { cosine: 0.3, coverage: 0.4, fused: 0.39 }),
    passage("fr-nearest", { cosine: 0.7, fused: 0.35 }),
  );
  const [near, nearest, foreign] = judged;
  expect(nearest?.probability).toBe(foreign?.probability);
  expect(near?.probability).toBeLessThan(nearest?.probability ?? 0);
});

test("what explains the question's error code stands first, and is enough for an answer", () => {
  const content = "- **AADSTS50053**: locked after too many attempts.";
  const judged = judge(
    passage("en-outlook", { cosine: 0.8, coverage: 0.9 }),
    passage("en-locked", { content, cosine: 0.1, coverage: 0.2, fused: 0.1 }),
  );
  expect(idsOf(judged)).toEqual(["en-locked", "en-outlook"]);
  expect(judged[0]?.relevance).toBe("medium");
  const ticket = passage("en-ticket", { kind: "ticket", content });
  expect(idsOf(judge(passage("en-outlook"), passage("fr-locked", { content, fused: 0.4 }), ticket))[0]).toBe(
    "en-outlook",
  );
});

test("solved tickets do not change places for their language", () => {
  const ticket = passage("en-ticket", { kind: "ticket", fused: 0.49 });
  expect(idsOf(judge(passage("fr-lost"), ticket))).toEqual(["fr-lost", "en-ticket"]);
});

test("nothing found is nothing judged", () => expect(judge()).toEqual([]));
