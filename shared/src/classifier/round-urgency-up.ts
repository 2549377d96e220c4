import { type Urgency, urgencies } from "../labels.ts";
import type { Prediction } from "./classifier.ts";

/**
 * The urgency to act on. A sure prediction stays. Where it abstains, the most probable of the higher urgencies is taken
 * if its probability is at least `share` (the bundle's urgency_round_up_share, 0.25 unless it says otherwise): waiting on
 * something urgent costs more than looking early at something that is not. `abstains` stays true, so that the answer
 * never looks surer than the model was; `confidence` becomes that of the urgency taken.
 */
export function roundUrgencyUp(prediction: Prediction<Urgency>, share: number): Prediction<Urgency> {
  if (!prediction.abstains) return prediction;
  const higher = urgencies.slice(urgencies.indexOf(prediction.label) + 1);
  const label = higher
    .filter((urgency) => prediction.probabilities[urgency] >= share)
    .reduce<Urgency | undefined>(
      (taken, next) =>
        taken === undefined || prediction.probabilities[next] >= prediction.probabilities[taken]
          ? next
          : taken,
      undefined,
    );
  return label === undefined
    ? prediction
    : { ...prediction, label, confidence: prediction.probabilities[label] };
}
