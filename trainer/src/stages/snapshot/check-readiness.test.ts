import { expect, test } from "vitest";
import { CliError } from "../../cli-error.ts";
import { checkReadiness, type RowToCheck } from "./check-readiness.ts";
import { groupSplits, type Split } from "./split-by-group.ts";

const ticket = (split: Split, queue: string | null, urgency: string | null): RowToCheck => ({
  split,
  in_scope: true,
  queue,
  urgency,
});
const chat = (split: Split): RowToCheck => ({ split, in_scope: false, queue: null, urgency: null });

/** Every combination `copies` times in each split. */
function completeRows(copies: number): RowToCheck[] {
  return groupSplits.flatMap((split) =>
    Array.from({ length: copies }, () => [
      chat(split),
      ...["Mail", "Print"].flatMap((queue) =>
        ["low", "medium", "high"].map((urgency) => ticket(split, queue, urgency)),
      ),
    ]).flat(),
  );
}

function refusal(rows: readonly RowToCheck[], least: number): CliError {
  try {
    checkReadiness(rows, least);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

test("enough rows of every class in every split are accepted", () => {
  expect(() => checkReadiness(completeRows(2), 6)).not.toThrow();
});

test("a class with too few rows is refused by name and count, as a considered no, with the ways out", () => {
  const { message, exitCode } = refusal([...completeRows(2), ticket("train", "Badges", "low")], 6);
  expect(message).toContain('queue "Badges": 1 rows, at least 6 are needed');
  expect(message).toContain('queue "Mail": 18 (train 6, calibration 6, holdout 6)');
  expect(message).toContain('snapshot.merge_queues: { "Badges": "the other queue" }');
  expect(exitCode).toBe(2);
});

test("a class that only the holdout has is refused", () => {
  const extra = Array.from({ length: 9 }, () => ticket("holdout", "Badges", "low"));
  const { message } = refusal([...completeRows(1), ...extra], 3);
  expect(message).toContain('queue "Badges": 9 rows, none of them in the train split');
});

test("rows of the recent window train nothing, hence make no class ready", () => {
  const extra = Array.from({ length: 9 }, () => ticket("recent", "Badges", "low"));
  expect(refusal([...completeRows(2), ...extra], 6).message).toContain('queue "Badges": 0 rows');
});

test("a row without a label counts for the label it has", () => {
  const rows = completeRows(2).map((row) => (row.in_scope ? { ...row, urgency: null } : row));
  const { message } = refusal(rows, 6);
  expect(message).toContain('urgency "high": 0 rows, at least 6 are needed');
  expect(message).toContain("snapshot.borrow_urgency");
  expect(message).not.toContain('- queue "Mail"');
});

test("an empty set and a set of one queue are refused", () => {
  expect(refusal([], 1).message).toContain("0 queues, at least 2 are needed");
  const one = completeRows(1).map((row) => (row.in_scope ? { ...row, queue: "Mail" } : row));
  expect(refusal(one, 1).message).toContain("1 queues, at least 2 are needed");
});
