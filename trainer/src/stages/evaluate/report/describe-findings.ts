import type { Evaluation } from "../evaluation.ts";
import type { LabelMeasures } from "../measure-label.ts";
import { findConfusions } from "./find-confusions.ts";
import { formatShare } from "./format-share.ts";

/** The gap between promised and kept, over all tickets, from which on the page speaks of it. */
const notableGap = 0.03;

/** What stands out, in sentences: the best and the weakest label, the commonest confusions, slices that are worse beyond chance, honesty. */
export function describeFindings({ metrics, outcomes }: Evaluation): string[] {
  const findings: string[] = [];
  for (const kind of ["queue", "urgency"] as const) {
    const measures = metrics.holdout?.[kind];
    if (!measures) continue;
    findings.push(...bestAndWeakest(kind, measures));
    for (const { truth, predicted, count, support } of findConfusions(measures, kind === "queue" ? 2 : 1)) {
      findings.push(
        `${count} of ${support} tickets of ${kind} ${quote(truth)} are taken for ${quote(predicted)}${kind === "queue" ? "" : ", before rounding up"}.`,
      );
    }
    for (const [name, slice] of Object.entries(measures.slices)) {
      const beyondChance = slice.interval && slice.interval[1] < measures.accuracy && slice.rows >= 30;
      if (!beyondChance) continue;
      findings.push(
        `Tickets of ${name} get the right ${kind} less often: ${formatShare(slice.accuracy)} against ${formatShare(measures.accuracy)} of all.`,
      );
    }
    const rows = outcomes[kind];
    const promised = rows.reduce((sum, { confidence }) => sum + confidence, 0) / rows.length;
    const gap = promised - measures.accuracy;
    if (Math.abs(gap) < notableGap) continue;
    findings.push(
      `The ${kind} model is ${gap > 0 ? "surer than it should be" : "less sure than it could be"}: it promises ${formatShare(promised)} and keeps ${formatShare(measures.accuracy)}.`,
    );
  }
  return findings;
}

function bestAndWeakest(kind: string, { classes }: LabelMeasures): string[] {
  const measured = Object.entries(classes)
    .filter(([, { support }]) => support > 0)
    .sort(([, a], [, b]) => b.f1 - a.f1);
  const [best, weakest] = [measured[0], measured.at(-1)];
  if (!best || !weakest || measured.length < 2) return [];
  return [
    `Of the ${kind} labels it knows ${quote(best[0])} best (F1 ${best[1].f1.toFixed(2)}) and ${quote(weakest[0])} least (${weakest[1].f1.toFixed(2)}).`,
  ];
}

function quote(label: string): string {
  return `“${label}”`;
}
