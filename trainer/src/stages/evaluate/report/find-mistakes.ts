import type { Outcome } from "../label-outcomes.ts";

/** The wrong answers that the model was surest of, worst first. `outcomes` run from the least confident to the most. */
export function findMistakes(outcomes: readonly Outcome[], most: number): Outcome[] {
  return outcomes
    .filter(({ correct }) => !correct)
    .slice(-most)
    .reverse();
}
