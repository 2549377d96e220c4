import type { Classification, Prediction } from "@support-it-agent/shared/classifier/classifier";
import { CliError } from "../../cli-error.ts";

/** A text with its true labels and what the bundle said of it. A label is null where a person gave none. */
export type MeasuredText = {
  readonly id: string;
  readonly text: string;
  readonly language: string;
  /** Where the row comes from. */
  readonly source: string;
  /** Near-duplicates have one group: the unit that is drawn for an interval. */
  readonly group: string;
  readonly inScope: boolean;
  readonly queue: string | null;
  readonly urgency: string | null;
  readonly said: Classification;
};

/** One labelled text and one model's answer to it. */
export type Outcome = {
  readonly id: string;
  readonly text: string;
  readonly language: string;
  readonly source: string;
  readonly group: string;
  readonly truth: string;
  /** The most probable label: an urgency before it is rounded up, so that the model itself is measured. */
  readonly predicted: string;
  readonly correct: boolean;
  /** Calibrated probability of `predicted`. */
  readonly confidence: number;
  readonly abstains: boolean;
};

/**
 * The texts that have a label of this kind, each with the model's answer, from the least confident to the most (ties by id, so that
 * results do not depend on the order of rows). Throws CliError (exit code 2) where a probability is no number.
 */
export function labelOutcomes(texts: readonly MeasuredText[], kind: "queue" | "urgency"): Outcome[] {
  const outcomes = texts.flatMap((measured): Outcome[] => {
    const truth = measured[kind];
    if (truth === null || !measured.inScope) return [];
    const { id, text, language, source, group, said } = measured;
    const prediction: Prediction = said[kind];
    const { label, confidence } = mostProbable(prediction, id, kind);
    const { abstains } = prediction;
    const row = { id, text, language, source, group };
    return [{ ...row, truth, predicted: label, correct: label === truth, confidence, abstains }];
  });
  return outcomes.sort((a, b) => a.confidence - b.confidence || (a.id < b.id ? -1 : 1));
}

function mostProbable({ probabilities }: Prediction, id: string, kind: string) {
  const entries = Object.entries(probabilities).map(([label, confidence]) => ({ label, confidence }));
  const first = entries[0];
  if (first === undefined || !entries.every(({ confidence }) => Number.isFinite(confidence))) {
    throw new CliError(
      `The ${kind} model says of row ${id} what is no number. The bundle must not ship: train it again, and look at the row's text.`,
      { exitCode: 2 },
    );
  }
  return entries.reduce((best, next) => (next.confidence > best.confidence ? next : best), first);
}
