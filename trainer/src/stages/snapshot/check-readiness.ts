import { urgencies } from "@support-it-agent/shared/labels";
import { CliError } from "../../cli-error.ts";
import { type GroupSplit, groupSplits, type Split } from "./split-by-group.ts";

/** A row as readiness sees it; a label that is null is none. */
export type RowToCheck = {
  readonly split: Split;
  readonly in_scope: boolean;
  readonly queue: string | null;
  readonly urgency: string | null;
};

/**
 * Refuses rows that no honest model can come out of: fewer than two queues, a class with fewer than `minRowsPerClass`
 * rows outside the recent window, or a class that one of the three other splits has none of (its rows are near-duplicates of each
 * other). Throws CliError with exit code 2 and the whole report: every class and its count.
 */
export function checkReadiness(rows: readonly RowToCheck[], minRowsPerClass: number): void {
  const counts = countClasses(rows);
  const queues = [...counts.keys()].filter((name) => name.startsWith("queue "));
  const complaints = [...counts].flatMap(([name, { total, bySplit }]) => {
    if (total < minRowsPerClass) return [`${name}: ${total} rows, at least ${minRowsPerClass} are needed`];
    const empty = groupSplits.filter((split) => bySplit[split] === 0);
    return empty.map(
      (split) => `${name}: ${total} rows, none of them in the ${split} split (they are near-duplicates)`,
    );
  });
  if (queues.length < 2) complaints.unshift(`${queues.length} queues, at least 2 are needed`);
  if (complaints.length === 0) return;
  const report = [...counts].map(([name, { total, bySplit }]) => {
    const parts = groupSplits.map((split) => `${split} ${bySplit[split]}`).join(", ");
    return `  ${name}: ${total} (${parts})`;
  });
  const hints = adviceFor(complaints);
  throw new CliError(
    `The tickets are not ready to train on:\n${complaints.map((line) => `  - ${line}`).join("\n")}\n` +
      `What there is:\n${report.join("\n")}\n${hints.join("\n")}`,
    { exitCode: 2 },
  );
}

/** The next step for each kind of class that is short. */
function adviceFor(complaints: readonly string[]): string[] {
  const has = (start: string) => complaints.some((line) => line.startsWith(start));
  const rare = complaints.flatMap((line) => /^queue ("[^"]*")/.exec(line)?.[1] ?? []);
  return [
    "Label more tickets of the classes named and run this again.",
    ...(rare.length > 0
      ? [
          `A rare queue can be counted to another one in params.yaml: snapshot.merge_queues: { ${rare[0]}: "the other queue" }; or set aside until it has enough rows: snapshot.rare_queues: set_aside.`,
        ]
      : []),
    ...(has("urgency ")
      ? [
          "Urgencies can be borrowed from other tickets in params.yaml: snapshot.borrow_urgency: data/starter/tickets.",
        ]
      : []),
    ...(has("out of scope")
      ? [
          "Texts out of scope can be borrowed in params.yaml: snapshot.out_of_scope: data/starter/tickets/out-of-scope.jsonl.",
        ]
      : []),
  ];
}

/** The queues that readiness would refuse: fewer than `minRowsPerClass` rows outside the recent window, or a split without any. */
export function findRareQueues(rows: readonly RowToCheck[], minRowsPerClass: number): string[] {
  const counts = countClasses(rows);
  const queues = new Set(rows.flatMap(({ queue }) => (queue === null ? [] : [queue])));
  return [...queues].sort().filter((queue) => {
    const count = counts.get(`queue "${queue}"`);
    if (count === undefined || count.total < minRowsPerClass) return true;
    return groupSplits.some((split) => count.bySplit[split] === 0);
  });
}

type ClassCount = { total: number; readonly bySplit: Record<GroupSplit, number> };

/** Every class that a model must know, urgencies and out of scope also where there is no row of them. */
function countClasses(rows: readonly RowToCheck[]): Map<string, ClassCount> {
  const counts = new Map<string, ClassCount>();
  const countOf = (name: string): ClassCount => {
    const known = counts.get(name) ?? { total: 0, bySplit: { train: 0, calibration: 0, holdout: 0 } };
    counts.set(name, known);
    return known;
  };
  const queues = rows.flatMap(({ queue }) => (queue === null ? [] : [queue]));
  for (const queue of [...new Set(queues)].sort()) countOf(`queue "${queue}"`);
  for (const urgency of urgencies) countOf(`urgency "${urgency}"`);
  countOf("out of scope");

  for (const { split, in_scope, queue, urgency } of rows) {
    if (split === "recent") continue;
    const names = [
      ...(in_scope ? [] : ["out of scope"]),
      ...(queue === null ? [] : [`queue "${queue}"`]),
      ...(urgency === null ? [] : [`urgency "${urgency}"`]),
    ];
    for (const name of names) {
      const count = countOf(name);
      count.total += 1;
      count.bySplit[split] += 1;
    }
  }
  return counts;
}
