/** A figure of one model, and how sure it is. */
export type Sample = {
  readonly value: number;
  /** Cases behind it. */
  readonly rows: number;
  /** Of the value, as if each case had been drawn by itself. */
  readonly variance: number;
  /** How often larger the variance is for days that differ from one another; null where too few days are known. */
  readonly dispersion: number | null;
};

/** With fewer days nobody knows how days differ. */
const leastDays = 7;

/**
 * By how much the days' contributions to a value's error scatter more than cases drawn one by one would: the ratio of the variance that takes each day as
 * one draw (the sandwich estimator, clusters of unequal size) to the plain one. `days` sum to zero; `variance` is that of the value.
 */
export function dispersionOf(days: readonly number[], variance: number): number | null {
  if (days.length < leastDays || variance === 0) return null;
  const squares = days.reduce((sum, day) => sum + day * day, 0);
  return (squares * days.length) / (days.length - 1) / variance;
}
