import { checkCitations } from "./check-citations.ts";
import { extractiveAnswer } from "./extractive-answer.ts";
import type {
  AnswerEvent,
  DegradedGeneration,
  GenerateAnswer,
  GenerationRequest,
  Generator,
} from "./generation.ts";
import { GenerationError } from "./generation-error.ts";
import type { GenerationLog } from "./generation-log.ts";

export type GenerateAnswerDeps = {
  /** Null where no language model is configured: answers are quotes then, which is no degradation. */
  readonly generator: Generator | null;
  readonly log?: GenerationLog;
};

/**
 * Writes answers by the language model, checked sentence by sentence before they leave, and by quoting the best passages
 * where there is no model, where it failed before its first checked sentence, or where it cited nothing. Once a sentence has
 * left, a failure ends the answer there and is marked: two halves by two authors would be worse than one half.
 */
export function createGenerateAnswer({ generator, log }: GenerateAnswerDeps): GenerateAnswer {
  return async function* generateAnswer(request): AsyncGenerator<AnswerEvent, void, void> {
    if (!generator || request.sources.length === 0) {
      yield* quote(request, []);
      return;
    }
    let text = "";
    const cited = new Set<number>();
    const finish = (...degraded: DegradedGeneration[]): AnswerEvent => ({
      type: "done",
      text,
      generatedBy: generator.name,
      cited: [...cited].sort((a, b) => a - b),
      degraded,
    });

    const sentences = checkCitations(generator.generate(request), request);
    try {
      let sentence = await sentences.next();
      while (!sentence.done) {
        text += sentence.value.text;
        for (const n of sentence.value.cited) cited.add(n);
        yield { type: "delta", text: sentence.value.text };
        sentence = await sentences.next();
      }
      if (sentence.value === "answered") yield finish();
      else if (sentence.value === "no_answer")
        yield { type: "none", handOffReason: "missing_knowledge", degraded: [] };
      else {
        log?.warn(
          { generator: generator.name },
          "The language model cited no source; its answer was replaced by quotes.",
        );
        yield* quote(request, ["answer_uncited"]);
      }
    } catch (error) {
      if (!(error instanceof GenerationError)) throw error;
      if (text !== "") yield finish("answer_cut_off");
      else yield* quote(request, ["llm_unavailable"]);
    } finally {
      await sentences.return("uncited");
    }
  };
}

function* quote(
  { question, language, sources }: GenerationRequest,
  degraded: readonly DegradedGeneration[],
): Iterable<AnswerEvent> {
  const quoted = extractiveAnswer({ question, language, passages: sources });
  if (!quoted) {
    yield { type: "none", handOffReason: "generation_unavailable", degraded };
    return;
  }
  yield { type: "delta", text: quoted.text };
  yield { type: "done", text: quoted.text, generatedBy: "extractive", cited: quoted.used, degraded };
}
