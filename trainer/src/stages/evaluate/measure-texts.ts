import { urgencies } from "@support-it-agent/shared/labels";
import { type ClassificationReport, classificationReport } from "../../metrics/classification-report.ts";
import { labelOutcomes, type MeasuredText } from "./label-outcomes.ts";
import { type LabelMeasures, measureLabel } from "./measure-label.ts";

export type Measures = {
  readonly queue: LabelMeasures | null;
  /** The most probable urgency. */
  readonly urgency: LabelMeasures | null;
  /** The urgency that is acted on: rounded up where the model is unsure. */
  readonly urgencyActedOn: ClassificationReport | null;
  /** Share of the texts for no queue that are recognised, and of the tickets taken for one; null where there are none. */
  readonly scope: { rows: number; recall: number | null; falseAlarms: number | null };
};

/**
 * Everything that is measured of one set of texts: queue and urgency on those that have such a label, scope on all. Null for no
 * texts at all. The same texts, labels and seed give the same numbers, in whatever order texts come.
 */
export function measureTexts(
  texts: readonly MeasuredText[],
  queues: readonly string[],
  seed: number,
): Measures | null {
  if (texts.length === 0) return null;
  const withUrgency = texts.filter(({ inScope, urgency }) => inScope && urgency !== null);
  const shareOut = (of: readonly MeasuredText[]) =>
    of.length === 0 ? null : of.filter(({ said }) => said.outOfScope.isOutOfScope).length / of.length;
  return {
    queue: measureLabel(labelOutcomes(texts, "queue"), queues, seed),
    urgency: measureLabel(labelOutcomes(texts, "urgency"), urgencies, seed),
    urgencyActedOn:
      withUrgency.length === 0
        ? null
        : classificationReport(
            withUrgency.map(({ urgency }) => urgency ?? ""),
            withUrgency.map(({ said }) => said.urgency.label),
            urgencies,
          ),
    scope: {
      rows: texts.length,
      recall: shareOut(texts.filter(({ inScope }) => !inScope)),
      falseAlarms: shareOut(texts.filter(({ inScope }) => inScope)),
    },
  };
}
