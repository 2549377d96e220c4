import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import { expect, test } from "vitest";
import { decide } from "./decide.ts";
import type { JudgedPassage } from "./judge-passages.ts";

const probabilities = { high: 0.99, medium: 0.45, low: 0.1 };

const passage = (relevance: JudgedPassage["relevance"], kind: JudgedPassage["kind"] = "article") => ({
  kind,
  content: "Switch the printer off and on.",
  relevance,
  probability: probabilities[relevance],
});

const plain = passage("high");
const fair = passage("medium");
const unrelated = passage("low");

type Flags = { abstains?: boolean; isOutOfScope?: boolean; outOfScope?: number };

const classification = ({
  abstains = false,
  isOutOfScope = false,
  outOfScope = isOutOfScope ? 0.97 : 0.02,
}: Flags = {}): Classification => ({
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
  outOfScope: { probability: outOfScope, isOutOfScope },
});

const given = (
  passages: ReturnType<typeof passage>[],
  flags: Flags = {},
  text = "printer shows offline",
  composes = false,
  language = "en",
) =>
  decide({
    text,
    question: text,
    isFollowUp: false,
    language,
    classification: classification(flags),
    passages,
    isKnowledgeAway: false,
    composes,
  });

test("a passage that fits is answered from", () => {
  expect(given([fair])).toEqual({ action: "answer", handOffReason: null });
});

test("without a passage that fits, knowledge is missing, whatever the classifier thinks", () => {
  expect(given([])).toMatchObject({ handOffReason: "missing_knowledge" });
  expect(given([unrelated], { abstains: true })).toMatchObject({ handOffReason: "missing_knowledge" });
});

test("where the knowledge base could not be asked, nothing is said of what it holds", () => {
  const away = (text: string) =>
    decide({
      text,
      question: text,
      isFollowUp: false,
      language: "en",
      classification: classification({ outOfScope: 0.95 }),
      passages: [],
      isKnowledgeAway: true,
      composes: true,
    });
  expect(away("printer shows offline")).toMatchObject({ handOffReason: "generation_unavailable" });
  expect(away("let me talk to a human please")).toMatchObject({ handOffReason: "user_request" });
  expect(away("hello")).toMatchObject({ handOffReason: "out_of_scope" });
});

test("a greeting alone is out of scope, whatever the classifier and the passages say", () => {
  expect(given([plain], {}, "Bonjour à tous !")).toMatchObject({ handOffReason: "out_of_scope" });
  expect(given([plain], {}, "Bonjour, l'imprimante ne marche pas")).toMatchObject({ action: "answer" });
});

const followUp = (question: string, text: string) =>
  decide({
    text,
    question,
    isFollowUp: true,
    language: "en",
    classification: classification(),
    passages: [plain],
    isKnowledgeAway: false,
    composes: false,
  });

test("thanks behind an answer are no question, and an earlier wish for a person is none of the next question's", () => {
  expect(followUp("thanks it works now", "thanks it works now")).toMatchObject({
    handOffReason: "out_of_scope",
  });
  expect(followUp("ok", "the printer is offline\nok")).toMatchObject({ handOffReason: "out_of_scope" });
  expect(followUp("and on a Mac?", "I want to talk to a human\nand on a Mac?")).toMatchObject({
    action: "answer",
  });
});

test("an unsure queue hands off, unless a passage plainly fits", () => {
  expect(given([fair], { abstains: true })).toMatchObject({ handOffReason: "low_confidence" });
  expect(given([plain], { abstains: true })).toMatchObject({ action: "answer" });
});

test("what is none of IT's is out of scope, unless the knowledge base plainly speaks of it", () => {
  expect(given([fair], { isOutOfScope: true })).toMatchObject({ handOffReason: "out_of_scope" });
  const text = "how do I book the company car";
  expect(given([plain], { isOutOfScope: true }, text)).toMatchObject({ action: "answer" });
  expect(given([plain], { isOutOfScope: true }, "hello there!")).toMatchObject({
    handOffReason: "out_of_scope",
  });
});

test("in a language that the scope model has read no off-topic texts in, it does not call a text out of scope", () => {
  const german = (passages: ReturnType<typeof passage>[], flags: Flags) =>
    given(passages, flags, "Wer kann mir beim Drucker helfen?", false, "de");
  expect(german([], { isOutOfScope: true })).toMatchObject({ handOffReason: "missing_knowledge" });
  expect(german([unrelated], { outOfScope: 0.99 })).toMatchObject({ handOffReason: "missing_knowledge" });
  expect(german([fair], { isOutOfScope: true })).toMatchObject({ action: "answer" });
});

test("what is written in another script goes to a person, and is never out of scope", () => {
  const russian = (passages: ReturnType<typeof passage>[]) =>
    given(passages, { isOutOfScope: true }, "Мой принтер не печатает");
  expect(russian([])).toMatchObject({ handOffReason: "low_confidence" });
  expect(russian([unrelated])).toMatchObject({ handOffReason: "low_confidence" });
  expect(russian([plain])).toMatchObject({ handOffReason: "low_confidence" });
  expect(russian([{ ...plain, content: "Выключите принтер и включите его снова." }])).toMatchObject({
    action: "answer",
  });
});

test("a joke about printers is out of scope, whatever the classifier and the passages say", () => {
  expect(given([plain], {}, "tell me a joke about printers")).toMatchObject({
    handOffReason: "out_of_scope",
  });
});

test("where no passage speaks of a text either, less certainty calls it out of scope", () => {
  const flags = { outOfScope: 0.92 };
  expect(given([unrelated], flags)).toMatchObject({ handOffReason: "out_of_scope" });
  expect(given([fair], flags)).toMatchObject({ action: "answer" });
  expect(given([unrelated], { outOfScope: 0.85 })).toMatchObject({ handOffReason: "missing_knowledge" });
});

test("who asks for a person gets one, even where an answer is at hand", () => {
  expect(given([plain], {}, "my printer shows offline, let me talk to a human")).toMatchObject({
    handOffReason: "user_request",
  });
});

test("a solved ticket alone is no answer to quote, and enough for a language model to write from", () => {
  const solved = passage("high", "ticket");
  expect(given([solved])).toMatchObject({ handOffReason: "missing_knowledge" });
  expect(given([solved], {}, "printer shows offline", true)).toMatchObject({ action: "answer" });
});
