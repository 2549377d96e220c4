import type { DriftParams } from "./drift-params.ts";
import type { DriftState } from "./drift-state.ts";

/** Why an alarm does not train now; null: it may. */
export type HeldBack = "cool_down" | "monthly_maximum" | "refusal_pause" | null;

const dayMs = 86_400_000;

/**
 * Whether a training may begin at `at`, against a storm of them: not within the cool-down of the last one, at most so many in 30 days, and
 * after refused candidates a pause that doubles with each (7, 14, 28, ... days). Says until when, for the record.
 */
export function mayTrain(
  state: Pick<DriftState, "trainings" | "refusals" | "lastRefusal">,
  at: number,
  params: DriftParams["training"],
): { heldBack: HeldBack; until: number | null } {
  const { trainings, refusals, lastRefusal } = state;
  if (lastRefusal !== null && refusals > 0) {
    const days = Math.min(params.refusalPauseDays * 2 ** (refusals - 1), params.longestPauseDays);
    if (at < lastRefusal + days * dayMs)
      return { heldBack: "refusal_pause", until: lastRefusal + days * dayMs };
  }
  const last = trainings.at(-1);
  const coolUntil = (last ?? Number.NEGATIVE_INFINITY) + params.coolDownDays * dayMs;
  if (at < coolUntil) return { heldBack: "cool_down", until: coolUntil };
  const recent = trainings.filter((time) => time > at - 30 * dayMs);
  const first = recent.at(-params.mostPerMonth);
  if (first !== undefined) return { heldBack: "monthly_maximum", until: first + 30 * dayMs };
  return { heldBack: null, until: null };
}
