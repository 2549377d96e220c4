import type { Random } from "./seeded-random.ts";

/** The middle 95 % of a statistic's draws: [lower, upper]. */
export type Interval = readonly [number, number];

export type BootstrapOptions = {
  /** Resamples; 2,000 give the ends of an interval to about a tenth of its width. */
  readonly draws: number;
  readonly random: Random;
};

/**
 * Bootstrap percentile intervals (Efron, 1979) of several statistics at once, with whole groups as the unit that is drawn: rows of one
 * group are near-duplicates and say less than as many rows of their own. Each draw takes as many groups as there are, with
 * replacement, and gives `statistics` their rows in the order of `rows` (so that rows that were sorted stay sorted).
 *
 * Returns one interval for each key of the statistics; a draw in which one is no number (no rows of a class) is passed over for
 * that one, and a statistic that never is a number gets none. With fewer than two groups there is nothing to draw from: no interval at all.
 */
export function bootstrapByGroup<Row, Key extends string>(
  rows: readonly Row[],
  groupOf: (row: Row) => string,
  statistics: (drawn: readonly Row[]) => Readonly<Record<Key, number>>,
  { draws, random }: BootstrapOptions,
): Partial<Record<Key, Interval>> {
  const numberOfGroup = new Map<string, number>();
  const groupOfRow = rows.map((row) => {
    const name = groupOf(row);
    const number = numberOfGroup.get(name) ?? numberOfGroup.size;
    numberOfGroup.set(name, number);
    return number;
  });
  const groups = numberOfGroup.size;
  if (groups < 2) return {};

  const values = new Map<Key, number[]>();
  const times = new Uint32Array(groups);
  for (let draw = 0; draw < draws; draw += 1) {
    times.fill(0);
    for (let pick = 0; pick < groups; pick += 1) {
      const group = Math.floor(random() * groups);
      times[group] = (times[group] ?? 0) + 1;
    }
    const drawn: Row[] = [];
    rows.forEach((row, index) => {
      for (let left = times[groupOfRow[index] ?? 0] ?? 0; left > 0; left -= 1) drawn.push(row);
    });
    for (const [key, value] of Object.entries(statistics(drawn)) as [Key, number][]) {
      if (!Number.isFinite(value)) continue;
      const list = values.get(key);
      if (list) list.push(value);
      else values.set(key, [value]);
    }
  }
  return Object.fromEntries([...values].map(([key, list]) => [key, middle95(list)])) as Partial<
    Record<Key, Interval>
  >;
}

/** The 2.5 % and 97.5 % quantiles, interpolated linearly (type 7 of Hyndman and Fan, 1996; numpy's default). */
function middle95(values: number[]): Interval {
  values.sort((a, b) => a - b);
  const quantile = (share: number) => {
    const place = (values.length - 1) * share;
    const below = values[Math.floor(place)] ?? Number.NaN;
    const above = values[Math.ceil(place)] ?? below;
    return below + (above - below) * (place - Math.floor(place));
  };
  return [quantile(0.025), quantile(0.975)];
}
