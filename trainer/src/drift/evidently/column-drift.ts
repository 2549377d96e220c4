import { chiSquare } from "../statistics/chi-square.ts";
import { chiSquareTwoSample } from "../statistics/chi-square-two-sample.ts";
import { jensenShannon } from "../statistics/jensen-shannon.ts";
import { kolmogorovSmirnov } from "../statistics/kolmogorov-smirnov.ts";
import { normedWasserstein } from "../statistics/normed-wasserstein.ts";
import { presentValues } from "../statistics/present-values.ts";
import type { Statistic } from "../statistics/statistic.ts";
import { twoProportionZ } from "../statistics/two-proportion-z.ts";
import { binnedCounts } from "./binned-counts.ts";
import type { Column } from "./column.ts";

/** The statistic of one column by Evidently's rules. `score` is what it compares with its threshold: p or the distance. */
export type ColumnDrift = {
  readonly name: string;
  readonly test: "ks" | "chisquare" | "z" | "wasserstein" | "jensenshannon";
  readonly statistic: Statistic;
  readonly score: number;
  /** A p-value tells of drift when it is small, a distance when it is large. */
  readonly scoreKind: "p" | "distance";
  /** p of the chi-square test that takes both sides as samples, beside Evidently's, which takes the reference for the truth. */
  readonly twoSamplePValue: number | null;
};

/** Reference rows up to which Evidently tests, and beyond which it measures a distance. */
const testedUpTo = 1_000;

/**
 * What Evidently 0.7 computes by default for a column, chosen by its declared type, the distinct values of both sides and the reference's
 * rows: KS, chi-square or z up to 1,000 present reference rows, normed Wasserstein or Jensen-Shannon beyond. Null where a side has
 * no present value: there is nothing to compare (and a data fault to report). Throws RangeError where the types differ.
 */
export function columnDrift(reference: Column, current: Column): ColumnDrift | null {
  if (reference.type !== current.type) {
    throw new RangeError(
      `The column ${reference.name} is ${reference.type} in the reference, ${current.type} now.`,
    );
  }
  const [a, b] = [present(reference), present(current)];
  if (a.length === 0 || b.length === 0) return null;
  const distinct = new Set(a).size;
  const tests = a.length <= testedUpTo;
  const { name } = reference;
  if (reference.type === "numerical" && current.type === "numerical" && distinct > 5) {
    const [numbers, others] = [
      presentValues(reference.values).present,
      presentValues(current.values).present,
    ];
    return tests
      ? byPValue(name, "ks", kolmogorovSmirnov(numbers, others))
      : byDistance(name, "wasserstein", normedWasserstein(numbers, others));
  }
  const counts = binnedCounts(reference, current);
  if (!tests) return byDistance(name, "jensenshannon", jensenShannon(counts.reference, counts.current));
  if (counts.reference.length <= 2) {
    return byPValue(name, "z", twoProportionZ(counts.reference, counts.current));
  }
  const twoSample = chiSquareTwoSample(counts.reference, counts.current).pValue;
  return {
    ...byPValue(name, "chisquare", chiSquare(counts.reference, counts.current)),
    twoSamplePValue: twoSample,
  };
}

function byPValue(name: string, test: ColumnDrift["test"], statistic: Statistic): ColumnDrift {
  return { name, test, statistic, score: statistic.pValue ?? 1, scoreKind: "p", twoSamplePValue: null };
}

function byDistance(name: string, test: ColumnDrift["test"], statistic: Statistic): ColumnDrift {
  return { name, test, statistic, score: statistic.value, scoreKind: "distance", twoSamplePValue: null };
}

function present(column: Column): (number | string)[] {
  return column.type === "numerical"
    ? presentValues(column.values).present
    : column.values.filter((value) => value !== null);
}
