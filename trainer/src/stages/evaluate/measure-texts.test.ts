import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import { expect, test } from "vitest";
import { labelOutcomes, type MeasuredText } from "./label-outcomes.ts";
import { measureTexts } from "./measure-texts.ts";

const queues = ["Mail", "Print", "Wires"];

/** A text of queue `truth` that the model calls `said`, `confidence` sure of it, and rounds up from low to medium. */
function text(
  id: number,
  truth: string | null,
  said: string,
  confidence: number,
  more: Partial<MeasuredText> = {},
): MeasuredText {
  const rest = (1 - confidence) / 2;
  const classification: Classification = {
    queue: {
      label: said,
      confidence,
      probabilities: Object.fromEntries(
        [...queues, said].map((queue) => [queue, queue === said ? confidence : rest]),
      ),
      abstains: confidence < 0.6,
    },
    urgency: {
      label: "medium",
      confidence: 0.3,
      probabilities: { low: 0.6, medium: 0.3, high: 0.1 },
      abstains: true,
    },
    outOfScope: { probability: 0.1, isOutOfScope: truth === null },
  };
  const row = { id: `r${id}`, group: `r${id}`, text: "a few words", language: "en", source: "glpi" };
  const labels = { inScope: truth !== null, queue: truth, urgency: truth === null ? null : "low" };
  return { ...row, ...labels, said: classification, ...more };
}

const texts = Array.from({ length: 60 }, (_, index) =>
  text(index, queues[index % 3]!, queues[index % 5 === 0 ? 0 : index % 3]!, 0.5 + (index % 10) / 25),
);

test("accuracy, coverage and precision are counts over counts, each within its interval", () => {
  const { queue } = measureTexts(texts, queues, 1)!;
  const right = texts.filter(({ queue: truth, said }) => truth === said.queue.label).length;
  expect(queue?.accuracy).toBeCloseTo(right / 60, 12);
  expect(queue?.coverage).toBeCloseTo(texts.filter(({ said }) => !said.queue.abstains).length / 60, 12);
  for (const name of ["accuracy", "macroF1", "weightedF1", "coverage", "precisionWhereCovered"] as const) {
    const [lower, upper] = queue!.intervals[name]!;
    expect([name, lower <= queue![name]! && queue![name]! <= upper]).toEqual([name, true]);
  }
});

test("the model's urgency is measured before it is rounded up, and what is acted on after", () => {
  const measures = measureTexts(texts, queues, 1)!;
  expect(measures.urgency?.accuracy).toBe(1);
  expect(measures.urgencyActedOn?.accuracy).toBe(0);
});

test("the order of rows changes no number", () => {
  expect(measureTexts([...texts].reverse(), queues, 1)).toEqual(measureTexts(texts, queues, 1));
});

test("a class that the holdout lacks has no F1 interval and pulls no mean down", () => {
  const twoClasses = texts.filter(({ queue, said }) => queue !== "Wires" && said.queue.label !== "Wires");
  const { queue } = measureTexts(twoClasses, queues, 1)!;
  expect(queue?.classes.Wires?.support).toBe(0);
  expect(queue?.classIntervals.Wires).toBeUndefined();
  expect(queue?.macroF1).toBeCloseTo((queue!.classes.Mail!.f1 + queue!.classes.Print!.f1) / 2, 12);
});

test("a class that only the holdout has counts as never found", () => {
  const { queue } = measureTexts([...texts, text(99, "Phones", "Mail", 0.9)], queues, 1)!;
  expect(queue?.labels).toEqual([...queues, "Phones"]);
  expect(queue?.classes.Phones).toMatchObject({ recall: 0, support: 1 });
  expect(queue?.confusion.at(-1)).toEqual([1, 0, 0, 0]);
});

test("a row without an urgency is measured for its queue alone", () => {
  const without = texts.map((row, index) => (index < 20 ? { ...row, urgency: null } : row));
  const measures = measureTexts(without, queues, 1)!;
  expect([measures.queue?.rows, measures.urgency?.rows, measures.urgencyActedOn?.rows]).toEqual([60, 40, 40]);
  const none = measureTexts(
    texts.map((row) => ({ ...row, urgency: null })),
    queues,
    1,
  )!;
  expect([none.urgency, none.urgencyActedOn]).toEqual([null, null]);
});

test("no rows are no measures; no text for no queue is no recall", () => {
  expect(measureTexts([], queues, 1)).toBeNull();
  expect(measureTexts(texts, queues, 1)?.scope).toEqual({ rows: 60, recall: null, falseAlarms: 0 });
  const withOthers = measureTexts([...texts, text(100, null, "Mail", 0.4)], queues, 1);
  expect(withOthers?.scope).toEqual({ rows: 61, recall: 1, falseAlarms: 0 });
  expect(withOthers?.queue?.rows).toBe(60);
});

test("slices are by language, length and source, small sources together", () => {
  const many = texts.map((row, index) => ({
    ...row,
    source: index < 30 ? "glpi" : `file-${index}`,
    language: index % 2 ? "fr" : "en",
  }));
  const slices = measureTexts(many, queues, 1)!.queue!.slices;
  expect(slices["language fr"]?.rows).toBe(30);
  expect(slices["source glpi"]?.rows).toBe(30);
  expect(slices["source other"]?.rows).toBe(30 - 11);
  expect(slices["length 1-12 words"]?.rows).toBe(60);
});

test("one row has no interval, and says so instead of promising", () => {
  const { queue } = measureTexts([text(1, "Mail", "Mail", 0.9)], queues, 1)!;
  expect(queue?.intervals).toEqual({});
  expect(queue?.slices["source glpi"]?.interval).toBeNull();
});

test("a probability that is no number is refused with its row", () => {
  const broken = text(7, "Mail", "Mail", Number.NaN);
  expect(() => labelOutcomes([broken], "queue")).toThrow(/queue model says of row r7 what is no number/);
});

test("a draw without a rare class says nothing of it: its interval is not pulled to 0", () => {
  const [first, second] = [text(200, "Phones", "Phones", 0.9), text(201, "Phones", "Phones", 0.9)];
  const known = texts.map((row) => ({ ...row, queue: row.said.queue.label }));
  const { queue } = measureTexts([...known, first, second], [...queues, "Phones"], 1)!;
  expect(queue?.classIntervals.Phones).toEqual([1, 1]);
});

test("a text for no queue is never measured as a ticket, whatever label it carries", () => {
  const stray = { ...text(300, "Mail", "Print", 0.9), inScope: false };
  expect(measureTexts([...texts, stray], queues, 1)?.queue?.rows).toBe(60);
});
