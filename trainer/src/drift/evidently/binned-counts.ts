import { type AlignedCounts, alignedCounts } from "../statistics/aligned-counts.ts";
import { presentValues } from "../statistics/present-values.ts";
import type { Column } from "./column.ts";
import { sturgesBins } from "./sturges-bins.ts";

/** Numerical columns with more distinct reference values than this are cut into bins. */
const distinctValuesKept = 20;

/**
 * The counts that Evidently compares of two columns: numbers with more than 20 distinct reference values in Sturges' bins over both
 * samples, everything else value by value. Missing values do not count. Throws RangeError where a side has no value.
 */
export function binnedCounts(reference: Column, current: Column): Omit<AlignedCounts, "categories"> {
  if (reference.type === "numerical" && current.type === "numerical") {
    const [a, b] = [presentValues(reference.values).present, presentValues(current.values).present];
    if (new Set(a).size > distinctValuesKept) return sturgesBins(a, b);
  }
  return alignedCounts(presentLabels(reference), presentLabels(current));
}

/** What stands in a column, as labels. */
function presentLabels(column: Column): string[] {
  if (column.type === "numerical") return presentValues(column.values).present.map(String);
  return column.values.filter((value) => value !== null);
}
