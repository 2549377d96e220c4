import type { Prediction } from "./classifier.ts";

/**
 * The most probable label, the earlier of two equal ones. It abstains where its probability is under its own
 * threshold. `probabilities` are calibrated and in the order of `labels`; every label has a threshold (loadBundle saw
 * to it; one without would abstain always).
 */
export function chooseLabel<Label extends string>(
  labels: readonly Label[],
  probabilities: readonly number[],
  thresholds: Readonly<Record<string, number>>,
): Prediction<Label> {
  const [first, ...others] = labels.map((label, i) => ({ label, p: probabilities[i] ?? 0 }));
  if (!first) throw new RangeError("chooseLabel needs at least one label.");
  const best = others.reduce((winner, other) => (other.p > winner.p ? other : winner), first);
  return {
    label: best.label,
    confidence: best.p,
    probabilities: Object.fromEntries(labels.map((label, i) => [label, probabilities[i] ?? 0])) as Record<
      Label,
      number
    >,
    abstains: best.p < (thresholds[best.label] ?? 1),
  };
}
