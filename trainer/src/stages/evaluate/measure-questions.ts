import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import { urgencySchema } from "@support-it-agent/shared/labels";
import { z } from "zod";

/** A short everyday question, with every queue and urgency that a service desk would accept for it. */
export const questionSchema = z.object({
  question: z.string(),
  language: z.string(),
  queues: z.array(z.string()).min(1),
  urgencies: z.array(urgencySchema).min(1),
});

export type Question = z.infer<typeof questionSchema>;

/** Shares of the questions whose queue and urgency are accepted ones, and of those taken for out of scope. */
export function measureQuestions(
  questions: readonly Question[],
  said: readonly Classification[],
): { rows: number; queueAccepted: number; urgencyAccepted: number; falseAlarms: number } {
  const share = (holds: (question: Question, classification: Classification) => boolean) =>
    questions.filter((question, row) => {
      const classification = said[row];
      return classification !== undefined && holds(question, classification);
    }).length / Math.max(1, questions.length);
  return {
    rows: questions.length,
    queueAccepted: share(({ queues }, { queue }) => queues.includes(queue.label)),
    urgencyAccepted: share(({ urgencies }, { urgency }) => urgencies.includes(urgency.label)),
    falseAlarms: share((_, { outOfScope }) => outOfScope.isOutOfScope),
  };
}
