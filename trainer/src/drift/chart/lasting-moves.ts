/** Shortest and longest run of windows that a move is looked for in. */
const [shortest, longest] = [2, 6];

/** Windows that the rule remembers. */
export const rememberedWindows = longest;

/**
 * How far each queue has moved lately, with its sign: of the runs of 2 to 6 windows that end with the last one, the largest sum of z over its own
 * deviation sqrt(s (1 + s / n)), where n is how many windows of this size the reference holds: what it does not know of the mean is the same in all
 * s of them. (The generalised likelihood ratio of a change of the mean at an unknown time, Siegmund and Venkatraman, Annals of Statistics 1995, window-limited as
 * by Lai, JRSS B 1995.) `scores` has a row of queues for each window, the newest last. Zeros while there are fewer than two windows: one alone
 * is never a lasting move.
 */
export function lastingMoves(scores: readonly (readonly number[])[], referenceWindows: number): number[] {
  const newest = scores.at(-1) ?? [];
  return newest.map((_, queue) => {
    let [sum, move] = [0, 0];
    for (let length = 1; length <= Math.min(longest, scores.length); length += 1) {
      sum += scores.at(-length)?.[queue] ?? 0;
      if (length < shortest) continue;
      const level = sum / Math.sqrt(length * (1 + length / referenceWindows));
      if (Math.abs(level) > Math.abs(move)) move = level;
    }
    return move;
  });
}

/** The largest of them, whichever way it went; 0 without queues. */
export function largestMove(moves: readonly number[]): number {
  return moves.reduce((largest, move) => Math.max(largest, Math.abs(move)), 0);
}
