import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import { expect, test } from "vitest";
import { decide } from "./decide.ts";
import type { Passage } from "./retrieval/retrieval.ts";

const passage = (cosine: number, coverage: number): Passage => ({
  chunkId: "c",
  kind: "article",
  sourceId: "s",
  title: "Printer offline",
  url: null,
  heading: null,
  content: "Restart the spooler.",
  language: "en",
  cosine,
  coverage,
  fused: 1,
});

const plain = passage(0.8, 0.9);
const fair = passage(0.55, 0.4);
const unrelated = passage(0.1, 0.05);

const classification = ({ abstains = false, isOutOfScope = false } = {}): Classification => ({
  queue: {
    label: "Hardware / Device",
    confidence: 0.9,
    probabilities: { "Hardware / Device": 0.9 },
    abstains,
  },
  urgency: {
    label: "medium",
    confidence: 0.8,
    probabilities: { low: 0.1, medium: 0.8, high: 0.1 },
    abstains: false,
  },
  outOfScope: { probability: isOutOfScope ? 0.97 : 0.02, isOutOfScope },
});

const given = (passages: Passage[], flags = {}, text = "printer shows offline", composes = false) =>
  decide({ text, language: "en", classification: classification(flags), passages, composes });

test("a passage that fits is answered from", () => {
  expect(given([fair])).toEqual({ action: "answer", handOffReason: null });
});

test("without a passage that fits, knowledge is missing, whatever the classifier thinks", () => {
  expect(given([])).toMatchObject({ handOffReason: "missing_knowledge" });
  expect(given([unrelated], { abstains: true })).toMatchObject({ handOffReason: "missing_knowledge" });
});

test("an unsure queue hands off, unless a passage plainly fits", () => {
  expect(given([fair], { abstains: true })).toMatchObject({ handOffReason: "low_confidence" });
  expect(given([plain], { abstains: true })).toMatchObject({ action: "answer" });
});

test("what is none of IT's is out of scope, unless the knowledge base plainly speaks of it", () => {
  expect(given([fair], { isOutOfScope: true })).toMatchObject({ handOffReason: "out_of_scope" });
  expect(given([plain], { isOutOfScope: true })).toMatchObject({ action: "answer" });
});

test("who asks for a person gets one, even where an answer is at hand", () => {
  expect(given([plain], {}, "my printer shows offline, let me talk to a human")).toMatchObject({
    handOffReason: "user_request",
  });
});

test("a solved ticket alone is no answer to quote, and enough for a language model to write from", () => {
  const solved: Passage = { ...plain, kind: "ticket" };
  expect(given([solved])).toMatchObject({ handOffReason: "missing_knowledge" });
  expect(given([solved], {}, "printer shows offline", true)).toMatchObject({ action: "answer" });
});
