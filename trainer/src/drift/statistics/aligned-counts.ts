/** How often each category stands in two samples, by position; the categories of either, in the order of their code points. */
export type AlignedCounts = {
  readonly categories: readonly string[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
};

/** Counts two samples of labels over the union of their categories: what one side never saw is 0 there. */
export function alignedCounts(reference: readonly string[], current: readonly string[]): AlignedCounts {
  const [ofReference, ofCurrent] = [countLabels(reference), countLabels(current)];
  const categories = [...new Set([...ofReference.keys(), ...ofCurrent.keys()])].sort();
  return {
    categories,
    reference: categories.map((category) => ofReference.get(category) ?? 0),
    current: categories.map((category) => ofCurrent.get(category) ?? 0),
  };
}

function countLabels(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
