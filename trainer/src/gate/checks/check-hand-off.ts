import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import type { MeasuredRow } from "../measured-row.ts";
import { formatPoints } from "./format-points.ts";
import { labelledRows, type Seed } from "./model-under-test.ts";

/**
 * What hands tickets over to people although the labels are right: few tickets are taken for out of scope. Counted are those with a queue: one
 * that was borrowed for its urgency is another desk's, and would dilute what this desk's own go through.
 */
export function checkScope(
  holdout: readonly MeasuredRow[],
  { false_out_of_scope: most }: GateParams,
  seed: Seed,
): GateCheck {
  const tickets = holdout.flatMap((row) => (row.inScope && row.queue !== null ? (row[seed] ?? []) : []));
  const share = tickets.filter(({ isOutOfScope }) => isOutOfScope).length / tickets.length;
  const common = { key: 1, name: "scope" } as const;
  if (tickets.length === 0) {
    return { ...common, status: "could_not_run", why: "the holdout has no ticket", numbers: { rows: 0 } };
  }
  return {
    ...common,
    status: share <= most ? "passed" : "failed",
    why: `${(share * 100).toFixed(1)} % of ${tickets.length} tickets are taken for out of scope; at most ${most * 100} % may be`,
    numbers: { rows: tickets.length, share, most },
  };
}

/**
 * The share of tickets whose queue is trusted and right falls by no more than so much. (That of all trusted ones would count an overconfident
 * serving model's mistakes in its favour.)
 */
export function checkCoverage(
  holdout: readonly MeasuredRow[],
  { coverage_loss: most }: GateParams,
  seed: Seed,
): GateCheck {
  const answered = labelledRows(holdout, "queue", seed).flatMap(({ row, truth, ours }) =>
    row.serving ? [{ truth, ours: ours.queue, theirs: row.serving.queue }] : [],
  );
  const common = { key: 1, name: "coverage" } as const;
  if (answered.length === 0) {
    return { ...common, status: "could_not_run", why: "no row has a queue", numbers: { rows: 0 } };
  }
  const trustedAndRight = (whose: "ours" | "theirs") =>
    answered.filter((row) => !row[whose].abstains && row[whose].label === row.truth).length / answered.length;
  const [share, before] = [trustedAndRight("ours"), trustedAndRight("theirs")];
  return {
    ...common,
    // Shares of whole rows: what is a hair above the limit by rounding alone is at it.
    status: before - share <= most + 1e-12 ? "passed" : "failed",
    why: `${(share * 100).toFixed(1)} % of the queues are trusted and right, ${formatPoints(share - before)} points; at most ${(most * 100).toFixed(0)} may be lost`,
    numbers: { rows: answered.length, share, before, most },
  };
}
