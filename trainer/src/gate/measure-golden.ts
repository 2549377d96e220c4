import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import type { Question } from "../stages/evaluate/measure-questions.ts";

/** How the golden questions were answered. */
export type GoldenOutcome = {
  readonly questions: number;
  /** Questions with an accepted queue that the model knows, and how many of them got one. */
  readonly withKnownQueue: number;
  readonly queueAccepted: number;
  readonly urgencyAccepted: number;
  readonly outOfScope: number;
  /** Answers that are no number. */
  readonly notNumbers: number;
  /** Questions whose queue was not an accepted one, for a person to look at. */
  readonly missed: readonly string[];
};

/**
 * Counts accepted answers. Urgency and scope mean the same at every desk, so every question counts for them; a queue counts where the
 * model has one of those that the question accepts.
 */
export function measureGolden(
  questions: readonly Question[],
  said: readonly Classification[],
  queues: readonly string[],
): GoldenOutcome {
  const pairs = questions.flatMap((question, row) => {
    const answer = said[row];
    return answer ? [{ question, answer }] : [];
  });
  const known = pairs.filter(({ question }) => question.queues.some((queue) => queues.includes(queue)));
  const missed = known.filter(({ question, answer }) => !question.queues.includes(answer.queue.label));
  return {
    questions: pairs.length,
    withKnownQueue: known.length,
    queueAccepted: known.length - missed.length,
    urgencyAccepted: pairs.filter(({ question, answer }) => question.urgencies.includes(answer.urgency.label))
      .length,
    outOfScope: pairs.filter(({ answer }) => answer.outOfScope.isOutOfScope).length,
    notNumbers: pairs.filter(({ answer }) => !isNumber(answer)).length,
    missed: missed.map(({ question, answer }) => `${question.question} -> ${answer.queue.label}`),
  };
}

/** Whether every probability of an answer is a number. */
export function isNumber({ queue, urgency, outOfScope }: Classification): boolean {
  return [
    ...Object.values(queue.probabilities),
    ...Object.values(urgency.probabilities),
    outOfScope.probability,
  ].every(Number.isFinite);
}
