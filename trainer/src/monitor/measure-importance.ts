import type { Classification, Classifier, Features } from "@support-it-agent/shared/classifier/classifier";
import { numericFeatureNames } from "@support-it-agent/shared/features/numeric-features";
import type { FeatureImportance } from "../drift/chart/feature-weights.ts";
import { type Random, seededRandom } from "../drift/seeded-random.ts";

/** Rows that are permuted: more make the figures steadier and cost time in proportion. */
const mostRows = 500;

/**
 * How much the classifier leans on each numeric feature, and on the embedding as a whole: permutation importance (Breiman, Random forests, Machine
 * Learning 2001) without labels. One input is exchanged among the rows, and what that does to the probabilities is the mean total variation
 * distance, averaged over queue and urgency, 0..1. The text's other features stay, so it is what this input adds to them. Whatever the
 * model is made of, it is asked as the API asks it. A row whose value does not change is not asked again. Throws RangeError without rows.
 */
export async function measureImportance(
  classifier: Classifier,
  rows: readonly Features[],
  seed: number,
): Promise<FeatureImportance> {
  if (rows.length === 0) throw new RangeError("Importance is measured on rows, and there are none.");
  const random = seededRandom(seed);
  const sample = permuted(rows, random).slice(0, mostRows);
  const before = await classifier.classify(sample);
  const changeOf = async (exchange: (row: Features, other: Features) => Features | null) => {
    const others = permuted(sample, random);
    const changed = sample.flatMap((row, at) => {
      const [other, said] = [others[at], before[at]];
      const exchanged = other ? exchange(row, other) : null;
      return exchanged && said ? [{ exchanged, said }] : [];
    });
    const after = await classifier.classify(changed.map(({ exchanged }) => exchanged));
    const distances = changed.map(({ said }, at) => distance(said, after[at] ?? said));
    return distances.reduce((sum, value) => sum + value, 0) / sample.length;
  };

  const numeric: Record<string, number> = {};
  for (const [position, name] of numericFeatureNames.entries()) {
    numeric[name] = await changeOf((row, other) => withNumber(row, position, other.numeric[position] ?? 0));
  }
  const embedding = await changeOf((row, { embedding }) => ({ ...row, embedding }));
  return { numeric, embedding };
}

function withNumber(row: Features, position: number, value: number): Features | null {
  if (row.numeric[position] === value) return null;
  return { ...row, numeric: row.numeric.with(position, value) };
}

function distance(a: Classification, b: Classification): number {
  const between = (p: Readonly<Record<string, number>>, q: Readonly<Record<string, number>>) =>
    Object.keys(p).reduce((sum, label) => sum + Math.abs((p[label] ?? 0) - (q[label] ?? 0)), 0) / 2;
  return (
    (between(a.queue.probabilities, b.queue.probabilities) +
      between(a.urgency.probabilities, b.urgency.probabilities)) /
    2
  );
}

/** Fisher and Yates. */
function permuted<Item>(items: readonly Item[], random: Random): Item[] {
  const pool = [...items];
  for (let at = pool.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const [a, b] = [pool[at], pool[other]];
    if (a !== undefined && b !== undefined) [pool[at], pool[other]] = [b, a];
  }
  return pool;
}
