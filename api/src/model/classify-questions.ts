import type { Classification, Classifier, Features } from "@support-it-agent/shared/classifier/classifier";
import { joinCalls } from "../join-calls.ts";

/** One model as a question sees it. */
export type QuestionClassifier = {
  readonly modelVersion: string;
  classify(features: Features): Promise<Classification>;
};

/**
 * Classifies questions, those of one turn of the event loop in one run (joinCalls), whichever model each request holds: only
 * those that hold the same are joined.
 */
export function classifyQuestions(
  endOfTurn: (() => Promise<unknown>) | undefined,
): (classifier: Classifier) => QuestionClassifier {
  const classify = joinCalls(
    async (asked: readonly { readonly classifier: Classifier; readonly features: Features }[]) =>
      (await asked[0]?.classifier.classify(asked.map(({ features }) => features))) ?? [],
    { endOfTurn, keyOf: ({ classifier }) => classifier.modelVersion },
  );
  return (classifier) => ({
    modelVersion: classifier.modelVersion,
    classify: (features) => classify({ classifier, features }),
  });
}
