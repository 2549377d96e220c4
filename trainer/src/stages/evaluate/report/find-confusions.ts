import type { LabelMeasures } from "../measure-label.ts";

/** A true label that is given another: `count` of its `support` rows. */
export type Confusion = {
  readonly truth: string;
  readonly predicted: string;
  readonly count: number;
  readonly support: number;
};

/** The most frequent confusions, by the share of the true label's rows; single rows are no pattern and left out. */
export function findConfusions({ labels, confusion }: LabelMeasures, most: number): Confusion[] {
  const found = labels.flatMap((truth, row) => {
    const counts = confusion[row] ?? [];
    const support = counts.reduce((sum, count) => sum + count, 0);
    return labels.flatMap((predicted, column): Confusion[] => {
      const count = counts[column] ?? 0;
      return row !== column && count > 1 ? [{ truth, predicted, count, support }] : [];
    });
  });
  return found.sort((a, b) => b.count / b.support - a.count / a.support).slice(0, most);
}
