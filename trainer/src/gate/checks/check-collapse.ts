import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import type { MeasuredRow } from "../measured-row.ts";
import { labelledRows, type Seed } from "./model-under-test.ts";

/**
 * No queue collapses: one that the serving model gave at least so many rows gets a share of them from the candidate too. Without a serving
 * model the truth takes its place.
 */
export function checkCollapse(
  rows: readonly MeasuredRow[],
  { collapse }: GateParams,
  { seed, against }: { readonly seed: Seed; readonly against: "serving" | "truth" },
): GateCheck {
  const answered = labelledRows(rows, "queue", seed);
  const before = countBy(
    answered.flatMap(({ row, truth }) =>
      against === "truth" ? [truth] : row.serving ? [row.serving.queue.label] : [],
    ),
  );
  const after = countBy(answered.map(({ ours }) => ours.queue.label));
  const queues = [...before].filter(([, count]) => count >= collapse.min_rows).sort();
  const fallen = queues.filter(([queue, count]) => (after.get(queue) ?? 0) < collapse.share * count);
  const common = { key: 1, name: "no queue collapses" } as const;
  const numbers = {
    rows: answered.length,
    queues: Object.fromEntries(
      queues.map(([queue, count]) => [queue, { before: count, now: after.get(queue) ?? 0 }]),
    ),
  };
  if (queues.length === 0) {
    return { ...common, status: "could_not_run", why: `no queue has ${collapse.min_rows} rows`, numbers };
  }
  const verb = against === "truth" ? "rows have it" : "times before";
  return {
    ...common,
    status: fallen.length === 0 ? "passed" : "failed",
    why:
      fallen.length === 0
        ? `all ${queues.length} queues are still predicted`
        : fallen
            .map(
              ([queue, count]) => `"${queue}" is predicted ${after.get(queue) ?? 0} times, ${count} ${verb}`,
            )
            .join("; "),
    numbers,
  };
}

function countBy(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
