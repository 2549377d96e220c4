/** A share of a number of cases, and where it lies with 95 % confidence. */
export type Rate = {
  /** hits / of; null where there are no cases. */
  readonly value: number | null;
  readonly low: number;
  readonly high: number;
  readonly hits: number;
  readonly of: number;
};

/** The 97.5 % quantile of the standard normal distribution. */
const z = 1.959963984540054;

/**
 * The score interval of a binomial share (Wilson 1927, without continuity correction), for 0 <= hits <= of. Unlike the textbook's
 * normal interval it stays inside 0..1 and is right for a handful of cases, and for none it says that nothing is known: 0..1.
 */
export function wilsonInterval(hits: number, of: number): Rate {
  if (of === 0) return { value: null, low: 0, high: 1, hits, of };
  const share = hits / of;
  const spread = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * of)) / of);
  const middle = share + (z * z) / (2 * of);
  const scale = 1 + (z * z) / of;
  return {
    value: share,
    low: hits === 0 ? 0 : (middle - spread) / scale,
    high: hits === of ? 1 : (middle + spread) / scale,
    hits,
    of,
  };
}
