import { basename, join } from "node:path";
import { checkEmbedder } from "@support-it-agent/shared/bundle/check-embedder";
import { type Bundle, loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { urgencies } from "@support-it-agent/shared/labels";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { ticketText } from "@support-it-agent/shared/text/ticket-text";
import { readJsonLines } from "../../files/read-json-lines.ts";
import { writeFileWhole } from "../../files/write-file-whole.ts";
import { type LabelledText, readLabelledTexts } from "../snapshot/read-labelled-texts.ts";
import { type SnapshotRow, snapshotRowSchema, snapshotRowsFileName } from "../snapshot/snapshot-row.ts";
import type { Split } from "../snapshot/split-by-group.ts";
import { checkPythonAgreement } from "./check-python-agreement.ts";
import { classifyFeatures } from "./classify-features.ts";
import { compareWithBaseline } from "./compare-with-baseline.ts";
import { describeMetrics } from "./describe-metrics.ts";
import type { Evaluation, Metrics, PreviousMetrics, SecondSeed } from "./evaluation.ts";
import { labelOutcomes, type MeasuredText } from "./label-outcomes.ts";
import { measureLabel } from "./measure-label.ts";
import { measureLatency } from "./measure-latency.ts";
import { measureQuestions, questionSchema } from "./measure-questions.ts";
import { measureTexts } from "./measure-texts.ts";
import { readBaseline } from "./read-baseline.ts";
import { readPythonPredictions } from "./read-python-predictions.ts";
import { roundNumbers } from "./round-numbers.ts";
import { textFeatures } from "./text-features.ts";
import { writePlots } from "./write-plots.ts";
import { writeReport } from "./write-report.ts";

export type EvaluateOptions = {
  readonly bundleFolder: string;
  /** The bundle of the second seed, where there is one. */
  readonly secondSeedFolder?: string | undefined;
  /** Predictions of linear_baseline.py, to compare with. */
  readonly baselineFile?: string | undefined;
  readonly snapshotFolder: string;
  readonly pythonPredictionsFile: string;
  /** Tickets of another hand, in the layout of a tickets folder. */
  readonly testSetFolder?: string | undefined;
  /** JSONL of short questions; see measure-questions.ts. */
  readonly questionsFile?: string | undefined;
  readonly outFile: string;
  /** Folder for the CSV files of `dvc plots`. */
  readonly plotsFolder?: string | undefined;
  /** Folder for report.html and latency.json. */
  readonly reportFolder?: string | undefined;
  readonly cacheFolder: string;
  readonly embedder: Embedder;
  /** Figures of the last other bundle of this data set; null where there was none. */
  readonly readPrevious: (version: string) => Promise<PreviousMetrics | null>;
  readonly log: (line: string) => void;
};

/**
 * Measures the exported bundle as the API runs it, text in and decision out, on rows that no fit has seen: the holdout, the newest
 * rows, and, where they are given, the test set and the everyday questions. Before that every row of the snapshot must get the same
 * answer from ONNX here as from XGBoost in Python. Writes metrics as JSON (the same bytes for the same bundle and rows), plots, and
 * one page to read; logs a table. Rejects with CliError where Python and ONNX disagree or a file cannot be read.
 */
export async function evaluate(options: EvaluateOptions): Promise<void> {
  const { bundleFolder, secondSeedFolder, embedder } = options;
  const bundle = await loadBundle(readBundleFolder(bundleFolder));
  checkEmbedder(bundle, embedder.maker);
  const secondSeed = secondSeedFolder ? await loadBundle(readBundleFolder(secondSeedFolder)) : null;
  const rows = await readJsonLines(join(options.snapshotFolder, snapshotRowsFileName), snapshotRowSchema);
  const testSet = options.testSetFolder ? await readLabelledTexts(options.testSetFolder) : [];
  const baseline = options.baselineFile ? await readBaseline(options.baselineFile) : null;
  const questions = options.questionsFile ? await readJsonLines(options.questionsFile, questionSchema) : [];

  const testTexts = testSet.map((row) => prepareText(ticketText(row)).text);
  const questionTexts = questions.map(({ question }) => prepareText(question).text);
  const texts = [...rows.map(({ text }) => text), ...testTexts, ...questionTexts];
  const features = await textFeatures(texts, embedder, options.cacheFolder);
  const said = await classifyFeatures(bundle, features);
  const rowsSaid = new Map(rows.map(({ id }, index) => [id, saidOf(said, index)]));
  const python = await readPythonPredictions(options.pythonPredictionsFile);
  const agreement = checkPythonAgreement(bundle.manifest, python, rowsSaid);

  const measured = rows.map((row, index) => measuredRow(row, saidOf(said, index)));
  const ofSplit = (split: Split) => measured.filter((_, index) => rows[index]?.split === split);
  const holdout = ofSplit("holdout");
  const measuredTest = testSet.map((row, index) =>
    measuredTestRow(row, testTexts[index] ?? "", saidOf(said, rows.length + index)),
  );
  const { manifest } = bundle;
  const { seed } = manifest.lineage;
  const queues = manifest.labels.queue;
  const outcomes = { queue: labelOutcomes(holdout, "queue"), urgency: labelOutcomes(holdout, "urgency") };
  const metrics: Metrics = roundNumbers({
    bundle: { version: manifest.version, hash: bundle.hash, dataMd5: manifest.lineage.data_md5 },
    pythonAgainstOnnx: { rows: agreement.rows, withinTolerance: 1 },
    holdout: measureTexts(holdout, queues, seed),
    recent: measureTexts(ofSplit("recent"), queues, seed),
    testSet: measureTexts(measuredTest, queues, seed),
    everydayQuestions:
      questions.length > 0 ? measureQuestions(questions, said.slice(rows.length + testSet.length)) : null,
    secondSeed: secondSeed && (await measureSecondSeed(secondSeed, rows, features)),
    baseline: baseline && {
      queue: compareWithBaseline(outcomes.queue, baseline.queue, seed),
      urgency: compareWithBaseline(outcomes.urgency, baseline.urgency, seed),
    },
  });
  const evaluation: Evaluation = {
    dataSet: basename(bundleFolder),
    manifest,
    metrics,
    outcomes,
    largestDifference: agreement.largest_difference,
    latency: await measureLatency(
      bundle,
      embedder,
      holdout.map(({ text }) => text),
    ),
    previous: await options.readPrevious(manifest.version),
  };
  if (options.plotsFolder) await writePlots(options.plotsFolder, evaluation);
  if (options.reportFolder) await writeReport(options.reportFolder, evaluation);
  await writeFileWhole(options.outFile, `${JSON.stringify(metrics, null, 2)}\n`);
  options.log(describeMetrics(evaluation));
}

function saidOf(said: readonly Classification[], index: number): Classification {
  const classification = said[index];
  if (classification === undefined) throw new Error(`The classifier gave no answer for row ${index}.`);
  return classification;
}

function measuredRow(row: SnapshotRow, said: Classification): MeasuredText {
  const { id, text, language, group, source, in_scope: inScope, queue, urgency } = row;
  return { id, text, language, source, group, inScope, queue, urgency, said };
}

function measuredTestRow(row: LabelledText, text: string, said: Classification): MeasuredText {
  const { id, language = "", labels } = row;
  const { queue, urgency } = labels.inScope ? labels : { queue: null, urgency: null };
  const { inScope } = labels;
  return { id, text, language, source: "test set", group: id, inScope, queue, urgency, said };
}

async function measureSecondSeed(
  bundle: Bundle,
  rows: readonly SnapshotRow[],
  features: Awaited<ReturnType<typeof textFeatures>>,
): Promise<SecondSeed> {
  const held = rows.flatMap((row, index) => {
    const rowFeatures = features[index];
    return row.split === "holdout" && rowFeatures ? [{ row, rowFeatures }] : [];
  });
  const said = await classifyFeatures(
    bundle,
    held.map(({ rowFeatures }) => rowFeatures),
  );
  const measured = held.map(({ row }, index) => measuredRow(row, saidOf(said, index)));
  const headline = (kind: "queue" | "urgency", labels: readonly string[]) => {
    const measures = measureLabel(labelOutcomes(measured, kind), labels, bundle.manifest.lineage.seed);
    return measures && { accuracy: measures.accuracy, macroF1: measures.macroF1 };
  };
  return {
    queue: headline("queue", bundle.manifest.labels.queue),
    urgency: headline("urgency", urgencies),
  };
}
