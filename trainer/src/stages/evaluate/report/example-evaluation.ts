import { urgencies } from "@support-it-agent/shared/labels";
import type { Evaluation } from "../evaluation.ts";
import { labelOutcomes, type MeasuredText } from "../label-outcomes.ts";
import { measureTexts } from "../measure-texts.ts";

const queues = ["Mail & calendar", "Print", "Wires"];

/** A made-up evaluation of 90 texts for tests; `change` alters its parts. */
export function exampleEvaluation(change: Partial<Evaluation> = {}): Evaluation {
  const texts = Array.from({ length: 90 }, (_, index): MeasuredText => {
    const truth = index % 3;
    const said = index % 7 === 0 ? (truth + 1) % 3 : truth;
    const confidence = 0.4 + ((index * 13) % 55) / 100;
    const spread = (of: readonly string[]) =>
      Object.fromEntries(
        of.map((label, place) => [label, place === said ? confidence : (1 - confidence) / 2]),
      );
    const level = urgencies[said] ?? "low";
    return {
      id: `r${index}`,
      text: `Text ${index} <script>alert("no")</script> of somebody`,
      language: index % 2 ? "fr" : "en",
      source: "tickets",
      group: `g${Math.floor(index / 2)}`,
      inScope: true,
      queue: queues[truth] ?? null,
      urgency: urgencies[truth] ?? null,
      said: {
        queue: {
          label: queues[said] ?? "",
          confidence,
          probabilities: spread(queues),
          abstains: confidence < 0.5,
        },
        urgency: {
          label: level,
          confidence,
          probabilities: spread(urgencies) as Record<(typeof urgencies)[number], number>,
          abstains: false,
        },
        outOfScope: { probability: 0.1, isOutOfScope: false },
      },
    };
  });
  const thresholds = (of: readonly string[]) => Object.fromEntries(of.map((label) => [label, 0.5]));
  return {
    dataSet: "example",
    manifest: {
      version: "2026.01.01-abcdef",
      labels: { queue: queues, urgency: ["low", "medium", "high"] },
      thresholds: { queue: thresholds(queues), urgency: thresholds(urgencies) },
      embedder: "test",
      lineage: { data_md5: "0123", seed: 1, params: {}, libraries: {} },
    } as unknown as Evaluation["manifest"],
    metrics: {
      bundle: { version: "2026.01.01-abcdef", hash: "f".repeat(64), dataMd5: "0123" },
      pythonAgainstOnnx: { rows: 1_000, withinTolerance: 1 },
      holdout: measureTexts(texts, queues, 1),
      recent: null,
      testSet: null,
      everydayQuestions: null,
      secondSeed: null,
      baseline: null,
    },
    outcomes: { queue: labelOutcomes(texts, "queue"), urgency: labelOutcomes(texts, "urgency") },
    largestDifference: 5e-7,
    latency: null,
    previous: null,
    ...change,
  };
}
