/** A source of randomness, uniform in [0, 1). Always a parameter, so that every result can be made again. */
export type Random = () => number;

/** Random numbers that are one sequence for one seed on every machine: mulberry32 (Tommy Ettinger, public domain), period 2^32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
