import type { GateParams } from "../../params.ts";
import type { Latency } from "../../stages/evaluate/measure-latency.ts";
import type { GateCheck } from "../gate-report.ts";
import type { GoldenOutcome } from "../measure-golden.ts";
import type { Measured } from "../measurements.ts";

/** Plain questions that every model of this desk must answer, through the whole way from text to labels. */
export function checkGolden(
  outcome: Measured<GoldenOutcome>,
  { golden, golden_questions }: GateParams,
): GateCheck {
  const common = { key: 2, name: "golden questions" } as const;
  if ("problem" in outcome) return { ...common, status: "could_not_run", why: outcome.problem, numbers: {} };
  const { questions, withKnownQueue, queueAccepted, urgencyAccepted, outOfScope, notNumbers, missed } =
    outcome.value;
  const numbers = {
    questions,
    withKnownQueue,
    queueAccepted,
    urgencyAccepted,
    outOfScope,
    notNumbers,
    missed: [...missed],
  };
  if (withKnownQueue < golden.min_questions) {
    return {
      ...common,
      status: "could_not_run",
      why: `${withKnownQueue} of ${questions} questions in ${golden_questions} name a queue of this model, ${golden.min_questions} are needed: write some for your desk's queues, and name the file in params.yaml, gate.golden_questions (docs/gate.md)`,
      numbers,
    };
  }
  const short = [
    notNumbers > 0 && `${notNumbers} answers are no numbers`,
    queueAccepted < golden.queue * withKnownQueue &&
      `an accepted queue for ${queueAccepted} of ${withKnownQueue}`,
    urgencyAccepted < golden.urgency * questions &&
      `an accepted urgency for ${urgencyAccepted} of ${questions}`,
    outOfScope > golden.out_of_scope * questions &&
      `${outOfScope} taken for out of scope (a model that has seen only long tickets takes short ones for small talk: params.yaml, snapshot.in_scope, adds short ones)`,
  ].filter((line) => line !== false);
  return {
    ...common,
    status: short.length === 0 ? "passed" : "failed",
    why:
      short.length === 0
        ? `${queueAccepted} of ${withKnownQueue} get an accepted queue, ${urgencyAccepted} of ${questions} an accepted urgency`
        : short.join("; "),
    numbers,
  };
}

/** One ticket at a time, at the median: a neighbour's load moves that least. */
export function checkLatency(latency: Measured<Latency>, { latency_ms }: GateParams): GateCheck {
  const common = { key: 2, name: "latency" } as const;
  if ("problem" in latency) return { ...common, status: "could_not_run", why: latency.problem, numbers: {} };
  const { tickets, wholeMs, modelsMs } = latency.value;
  const holds = modelsMs.median <= latency_ms.models && wholeMs.median <= latency_ms.whole;
  return {
    ...common,
    status: holds ? "passed" : "failed",
    why: `${modelsMs.median} ms for the models, ${wholeMs.median} ms for the whole way; at most ${latency_ms.models} and ${latency_ms.whole}`,
    numbers: {
      tickets,
      modelsMedianMs: modelsMs.median,
      modelsP95Ms: modelsMs.p95,
      wholeMedianMs: wholeMs.median,
      wholeP95Ms: wholeMs.p95,
    },
  };
}
