import type { Column } from "../drift/evidently/column.ts";
import { sturgesBins } from "../drift/evidently/sturges-bins.ts";
import { alignedCounts } from "../drift/statistics/aligned-counts.ts";
import { presentValues } from "../drift/statistics/present-values.ts";

/** Reference against current of one column, as shares of bins or labels; for the plots. */
export type WindowProfile = {
  readonly name: string;
  readonly kind: "labels" | "bins";
  /** A label of each bar: the label itself, or the bin's lower and upper end. */
  readonly bars: readonly string[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
};

/** Most bins of a plot. */
const mostBins = 12;

/** Profiles of columns that are on both sides and have a value there, in the order of the reference. */
export function windowProfiles(reference: readonly Column[], current: readonly Column[]): WindowProfile[] {
  const named = new Map(current.map((column) => [column.name, column]));
  return reference.flatMap((column): WindowProfile[] => {
    const other = named.get(column.name);
    if (other?.type !== column.type) return [];
    if (column.type === "categorical" && other.type === "categorical") {
      const present = (values: readonly (string | null)[]) => values.filter((value) => value !== null);
      const [a, b] = [present(column.values), present(other.values)];
      if (a.length === 0 || b.length === 0) return [];
      const { categories, ...counts } = alignedCounts(a, b);
      return [{ name: column.name, kind: "labels", bars: categories, ...sharesOf(counts) }];
    }
    if (column.type !== "numerical" || other.type !== "numerical") return [];
    const [a, b] = [presentValues(column.values).present, presentValues(other.values).present];
    if (a.length === 0 || b.length === 0) return [];
    const { edges, ...counts } = mergeBins(sturgesBins(a, b));
    const bars = edges.slice(1).map((edge, at) => `${short(edges[at] ?? 0)} to ${short(edge)}`);
    return [{ name: column.name, kind: "bins", bars, ...sharesOf(counts) }];
  });
}

type Bins = ReturnType<typeof sturgesBins>;

/** Neighbouring bins put together until there are few enough to be seen. */
function mergeBins({ edges, reference, current }: Bins): Bins {
  const step = Math.ceil(reference.length / mostBins);
  const merged = (counts: readonly number[]) =>
    Array.from({ length: Math.ceil(counts.length / step) }, (_, at) =>
      counts.slice(at * step, (at + 1) * step).reduce((sum, count) => sum + count, 0),
    );
  const last = edges.at(-1) ?? 0;
  return {
    edges: [...edges.slice(0, -1).filter((_, at) => at % step === 0), last],
    reference: merged(reference),
    current: merged(current),
  };
}

function sharesOf({ reference, current }: { reference: readonly number[]; current: readonly number[] }) {
  const shares = (counts: readonly number[]) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => count / total);
  };
  return { reference: shares(reference), current: shares(current) };
}

const short = (value: number) => String(Number(value.toPrecision(3)));
