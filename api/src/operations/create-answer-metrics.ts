import type { Answer } from "../answer.ts";
import type { Metrics } from "./metrics.ts";

/** Counts what answers turn out to be, and times their stages. Queues are labels of the model, so their number is bounded. */
export function createAnswerMetrics(metrics: Metrics) {
  const answers = metrics.counter("agent_answers_total", "Answers and hand-offs.", [
    "action",
    "hand_off_reason",
    "generated_by",
  ]);
  const predictions = metrics.counter("agent_predictions_total", "Predicted labels.", ["queue", "urgency"]);
  const degraded = metrics.counter("agent_degraded_total", "Answers given with less than usual.", ["code"]);
  const stages = metrics.histogram("agent_stage_duration_seconds", "Stages of an answer; some overlap.", [
    "stage",
  ]);
  return {
    observeStage: (stage: string, durationMs: number) => stages.observe(durationMs, [stage]),
    observeAnswer: (answer: Answer) => {
      answers.add([answer.action, answer.handOffReason ?? "", answer.generatedBy ?? ""]);
      predictions.add([answer.predictedQueue, answer.predictedUrgency]);
      for (const code of answer.degraded) degraded.add([code]);
    },
  };
}
