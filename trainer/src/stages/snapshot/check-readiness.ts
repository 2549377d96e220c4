import { urgencies } from "@support-it-agent/shared/labels";
import { CliError } from "../../cli-error.ts";
import type { LabelledText } from "./read-labelled-texts.ts";
import { type Split, splits } from "./split-by-group.ts";

/**
 * Refuses rows that no honest model can come out of: fewer than two queues, a class with fewer than `minRowsPerClass`
 * rows, or a class that one of the splits has none of (its rows are near-duplicates of each other). Throws CliError with
 * exit code 2 and the whole report: every class and its count.
 */
export function checkReadiness(
  rows: readonly LabelledText[],
  splitOfRow: readonly Split[],
  minRowsPerClass: number,
): void {
  const counts = countClasses(rows, splitOfRow);
  const queues = [...counts.keys()].filter((name) => name.startsWith("queue "));
  const complaints = [...counts].flatMap(([name, { total, bySplit }]) => {
    if (total < minRowsPerClass) return [`${name}: ${total} rows, at least ${minRowsPerClass} are needed`];
    const empty = splits.filter((split) => bySplit[split] === 0);
    return empty.map(
      (split) => `${name}: ${total} rows, none of them in the ${split} split (they are near-duplicates)`,
    );
  });
  if (queues.length < 2) complaints.unshift(`${queues.length} queues, at least 2 are needed`);
  if (complaints.length === 0) return;
  const report = [...counts].map(([name, { total, bySplit }]) => {
    const parts = splits.map((split) => `${split} ${bySplit[split]}`).join(", ");
    return `  ${name}: ${total} (${parts})`;
  });
  throw new CliError(
    `The tickets are not ready to train on:\n${complaints.map((line) => `  - ${line}`).join("\n")}\n` +
      `What there is:\n${report.join("\n")}\n` +
      "Label more tickets of the classes named, or merge a queue into another, and run this again.",
    { exitCode: 2 },
  );
}

type ClassCount = { total: number; readonly bySplit: Record<Split, number> };

/** Every class that a model must know, urgencies and out of scope also where there is no row of them. */
function countClasses(rows: readonly LabelledText[], splitOfRow: readonly Split[]): Map<string, ClassCount> {
  const counts = new Map<string, ClassCount>();
  const countOf = (name: string): ClassCount => {
    const known = counts.get(name) ?? { total: 0, bySplit: { train: 0, calibration: 0, holdout: 0 } };
    counts.set(name, known);
    return known;
  };
  const queues = rows.flatMap(({ labels }) => (labels.inScope ? [labels.queue] : []));
  for (const queue of [...new Set(queues)].sort()) countOf(`queue "${queue}"`);
  for (const urgency of urgencies) countOf(`urgency "${urgency}"`);
  countOf("out of scope");

  for (const [index, { labels }] of rows.entries()) {
    const names = labels.inScope
      ? [`queue "${labels.queue}"`, `urgency "${labels.urgency}"`]
      : ["out of scope"];
    for (const name of names) {
      const count = countOf(name);
      count.total += 1;
      count.bySplit[splitOfRow[index] ?? "train"] += 1;
    }
  }
  return counts;
}
