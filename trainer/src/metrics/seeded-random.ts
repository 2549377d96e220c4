/** Gives numbers uniform in [0, 1), one after the other. */
export type Random = () => number;

/**
 * A random generator (mulberry32, Tommy Ettinger, public domain) that gives one sequence for one seed, on every machine. Good
 * enough for resampling, not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
