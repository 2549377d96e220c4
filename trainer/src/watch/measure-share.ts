import { dispersionOf, type Sample } from "./sample.ts";

/** Cases of one day, and how many of them count. */
export type DayCount = { readonly hits: number; readonly of: number };

/** The share of the cases that count. Null of no cases. */
export function measureShare(days: readonly DayCount[]): Sample | null {
  const rows = days.reduce((sum, { of }) => sum + of, 0);
  if (rows === 0) return null;
  const value = days.reduce((sum, { hits }) => sum + hits, 0) / rows;
  const variance = (value * (1 - value)) / rows;
  const filled = days.filter(({ of }) => of > 0);
  const contributions = filled.map(({ hits, of }) => (hits - of * value) / rows);
  return { value, rows, variance, dispersion: dispersionOf(contributions, variance) };
}
