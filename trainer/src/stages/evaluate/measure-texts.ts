import type { Classification, Prediction } from "@support-it-agent/shared/classifier/classifier";
import { urgencies } from "@support-it-agent/shared/labels";
import { type ClassificationReport, classificationReport } from "../../metrics/classification-report.ts";
import { expectedCalibrationError } from "../../metrics/expected-calibration-error.ts";

/** A text with its true labels (null: out of scope) and what the bundle said of it. */
export type MeasuredText = {
  readonly text: string;
  readonly language: string;
  readonly queue: string | null;
  readonly urgency: string | null;
  readonly said: Classification;
};

export type LabelMeasures = ClassificationReport & {
  readonly ece: number;
  /** Share of the rows on which the model does not abstain, and its accuracy there. */
  readonly coverage: number;
  readonly precisionWhereCovered: number;
  readonly slices: Readonly<Record<string, { rows: number; accuracy: number; macroF1: number }>>;
};

export type Measures = {
  readonly queue: LabelMeasures;
  /** The most probable urgency. */
  readonly urgency: LabelMeasures;
  /** The urgency that is acted on: rounded up where the model is unsure. */
  readonly urgencyActedOn: ClassificationReport;
  readonly scope: { rows: number; recall: number; falseAlarms: number };
};

/** Everything that is measured of one set of texts; queue and urgency on the texts that are in scope. */
export function measureTexts(texts: readonly MeasuredText[], queues: readonly string[]): Measures {
  const tickets = texts.filter((text) => text.queue !== null && text.urgency !== null);
  const others = texts.filter((text) => text.queue === null);
  const shareOut = (of: readonly MeasuredText[]) =>
    of.length === 0 ? 0 : of.filter(({ said }) => said.outOfScope.isOutOfScope).length / of.length;
  const truth = (of: readonly MeasuredText[], key: "queue" | "urgency") => of.map((text) => text[key] ?? "");
  return {
    queue: measureLabel(tickets, truth(tickets, "queue"), queues, ({ queue }) => queue),
    urgency: measureLabel(tickets, truth(tickets, "urgency"), urgencies, ({ urgency }) => urgency),
    urgencyActedOn: classificationReport(
      truth(tickets, "urgency"),
      tickets.map(({ said }) => said.urgency.label),
      urgencies,
    ),
    scope: { rows: texts.length, recall: shareOut(others), falseAlarms: shareOut(tickets) },
  };
}

function measureLabel(
  texts: readonly MeasuredText[],
  truth: readonly string[],
  labels: readonly string[],
  predictionOf: (said: Classification) => Prediction,
): LabelMeasures {
  const predictions = texts.map(({ said }) => mostProbable(predictionOf(said)));
  const report = classificationReport(
    truth,
    predictions.map(({ label }) => label),
    labels,
  );
  const correct = predictions.map(({ label }, row) => label === truth[row]);
  const covered = predictions.flatMap(({ abstains }, row) => (abstains ? [] : [row]));
  const slices = [...Map.groupBy(texts.keys(), (row) => `language ${texts[row]?.language}`)];
  slices.push(...Map.groupBy(texts.keys(), (row) => `length ${lengthBand(texts[row]?.text ?? "")}`));
  return {
    ...report,
    ece: expectedCalibrationError(
      predictions.map(({ confidence }) => confidence),
      correct,
    ),
    coverage: covered.length / Math.max(1, texts.length),
    precisionWhereCovered: covered.filter((row) => correct[row]).length / Math.max(1, covered.length),
    slices: Object.fromEntries(
      slices.sort().map(([name, rows]) => {
        const of = (values: readonly string[]) => rows.map((row) => values[row] ?? "");
        const { accuracy, macroF1 } = classificationReport(
          of(truth),
          of(predictions.map(({ label }) => label)),
          labels,
        );
        return [name, { rows: rows.length, accuracy, macroF1 }];
      }),
    ),
  };
}

/** Undoes the rounding up of an urgency, so that the model itself is measured. */
function mostProbable({ probabilities, abstains }: Prediction): {
  label: string;
  confidence: number;
  abstains: boolean;
} {
  const [label, confidence] = Object.entries(probabilities).reduce((best, next) =>
    next[1] > best[1] ? next : best,
  );
  return { label, confidence, abstains };
}

function lengthBand(text: string): string {
  const words = text.split(/\s+/).length;
  if (words <= 12) return "1-12 words";
  return words <= 60 ? "13-60 words" : "over 60 words";
}
