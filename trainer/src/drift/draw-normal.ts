import type { Random } from "./seeded-random.ts";

/** A draw of the standard normal distribution, of two uniform ones (Box and Muller, A note on the generation of random normal deviates, 1958). */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
