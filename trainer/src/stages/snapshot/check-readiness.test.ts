import { expect, test } from "vitest";
import { CliError } from "../../cli-error.ts";
import { checkReadiness } from "./check-readiness.ts";
import type { LabelledText } from "./read-labelled-texts.ts";
import { type Split, splits } from "./split-by-group.ts";

const ticket = (queue: string, urgency: "low" | "medium" | "high"): LabelledText => ({
  id: "",
  subject: "",
  body: "",
  language: "en",
  labels: { inScope: true, queue, urgency },
});
const chat: LabelledText = { id: "", subject: "", body: "", language: "en", labels: { inScope: false } };

/** Every combination `copies` times in each split. */
function completeRows(copies: number): { rows: LabelledText[]; given: Split[] } {
  const kinds = [
    chat,
    ...["Mail", "Print"].flatMap((queue) =>
      (["low", "medium", "high"] as const).map((urgency) => ticket(queue, urgency)),
    ),
  ];
  const rows = splits.flatMap(() => kinds.flatMap((kind) => Array.from({ length: copies }, () => kind)));
  return {
    rows,
    given: splits.flatMap((split) => kinds.flatMap(() => Array.from({ length: copies }, () => split))),
  };
}

function refusal(rows: LabelledText[], given: Split[], least: number): CliError {
  try {
    checkReadiness(rows, given, least);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

test("enough rows of every class in every split are accepted", () => {
  const { rows, given } = completeRows(2);
  expect(() => checkReadiness(rows, given, 6)).not.toThrow();
});

test("a class with too few rows is refused by name and count, as a considered no", () => {
  const { rows, given } = completeRows(2);
  const { message, exitCode } = refusal([...rows, ticket("Badges", "low")], [...given, "train"], 6);
  expect(message).toContain('queue "Badges": 1 rows, at least 6 are needed');
  expect(message).toContain('queue "Mail": 18 (train 6, calibration 6, holdout 6)');
  expect(exitCode).toBe(2);
});

test("a class that one split has none of is refused", () => {
  const { rows, given } = completeRows(1);
  const extra = Array.from({ length: 9 }, () => ticket("Badges", "low"));
  const { message } = refusal([...rows, ...extra], [...given, ...extra.map((): Split => "holdout")], 3);
  expect(message).toContain('queue "Badges": 9 rows, none of them in the train split');
});

test("an empty set and a set of one queue are refused", () => {
  expect(refusal([], [], 1).message).toContain("0 queues, at least 2 are needed");
  const { rows, given } = completeRows(1);
  const one = rows.map((row) => (row.labels.inScope ? ticket("Mail", row.labels.urgency) : row));
  expect(refusal(one, given, 1).message).toContain("1 queues, at least 2 are needed");
});
