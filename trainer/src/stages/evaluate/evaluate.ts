import { join } from "node:path";
import { checkEmbedder } from "@support-it-agent/shared/bundle/check-embedder";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import { createClassifier } from "@support-it-agent/shared/classifier/create-classifier";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { buildFeatures } from "@support-it-agent/shared/features/build-features";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { startProgress } from "@support-it-agent/shared/node/start-progress";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { ticketText } from "@support-it-agent/shared/text/ticket-text";
import { readJsonLines } from "../../files/read-json-lines.ts";
import { writeFileWhole } from "../../files/write-file-whole.ts";
import { embedTexts } from "../featurize/embed-texts.ts";
import { openEmbeddingCache } from "../featurize/embedding-cache.ts";
import { readLabelledTexts } from "../snapshot/read-labelled-texts.ts";
import { snapshotRowSchema, snapshotRowsFileName } from "../snapshot/snapshot-row.ts";
import { checkPythonAgreement } from "./check-python-agreement.ts";
import { describeMetrics } from "./describe-metrics.ts";
import { measureQuestions, questionSchema } from "./measure-questions.ts";
import { type MeasuredText, measureTexts } from "./measure-texts.ts";
import { readPythonPredictions } from "./read-python-predictions.ts";
import { roundNumbers } from "./round-numbers.ts";

export type EvaluateOptions = {
  readonly bundleFolder: string;
  readonly snapshotFolder: string;
  readonly pythonPredictionsFile: string;
  /** Tickets of another hand, in the layout of a tickets folder. */
  readonly testSetFolder: string;
  /** JSONL of short questions; see measure-questions.ts. */
  readonly questionsFile: string;
  readonly outFile: string;
  readonly cacheFolder: string;
  readonly embedder: Embedder;
  readonly log: (line: string) => void;
};

/**
 * Measures the exported bundle as the API runs it, text in and decision out, on rows that no fit has seen: the holdout, the
 * test set and the everyday questions. Before that every row of the snapshot must get the same answer from ONNX here as from
 * XGBoost in Python. Writes metrics as JSON and logs them as a table. Rejects with CliError where Python and ONNX disagree.
 */
export async function evaluate(options: EvaluateOptions): Promise<void> {
  const bundle = await loadBundle(readBundleFolder(options.bundleFolder));
  checkEmbedder(bundle, options.embedder.maker);
  const rows = await readJsonLines(join(options.snapshotFolder, snapshotRowsFileName), snapshotRowSchema);
  const testSet = await readLabelledTexts(options.testSetFolder);
  const questions = await readJsonLines(options.questionsFile, questionSchema);

  const rowsSaid = new Map<string, Classification>();
  const testTexts = testSet.map((row) => prepareText(ticketText(row)).text);
  const questionTexts = questions.map(({ question }) => prepareText(question).text);
  const texts = [...rows.map(({ text }) => text), ...testTexts, ...questionTexts];
  const said = await classifyTexts(texts, bundle, options);
  rows.forEach(({ id }, index) => {
    const classification = said[index];
    if (classification) rowsSaid.set(id, classification);
  });
  const python = await readPythonPredictions(options.pythonPredictionsFile);
  const agreement = checkPythonAgreement(bundle.manifest, python, rowsSaid);

  const queues = bundle.manifest.labels.queue;
  const measuredRows = rows.flatMap(({ id, text, language, queue, urgency, split }): MeasuredText[] => {
    const classification = rowsSaid.get(id);
    return classification && split === "holdout"
      ? [{ text, language, queue, urgency, said: classification }]
      : [];
  });
  const measuredTest = testSet.flatMap(({ labels, language }, index): MeasuredText[] => {
    const classification = said[rows.length + index];
    const { queue, urgency } = labels.inScope ? labels : { queue: null, urgency: null };
    const text = testTexts[index] ?? "";
    return classification ? [{ text, language: language ?? "", queue, urgency, said: classification }] : [];
  });
  const metrics = roundNumbers({
    pythonAgainstOnnx: { rows: agreement.rows, withinTolerance: 1 },
    holdout: measureTexts(measuredRows, queues),
    testSet: measureTexts(measuredTest, queues),
    everydayQuestions: measureQuestions(questions, said.slice(rows.length + testSet.length)),
  });
  await writeFileWhole(options.outFile, `${JSON.stringify(metrics, null, 2)}\n`);
  options.log(describeMetrics(bundle.manifest.version, metrics, queues, agreement.largest_difference));
}

/** What the API would say of each prepared text. */
async function classifyTexts(
  texts: readonly string[],
  bundle: Awaited<ReturnType<typeof loadBundle>>,
  { embedder, cacheFolder }: EvaluateOptions,
): Promise<Classification[]> {
  const cache = await openEmbeddingCache(cacheFolder, embedder.maker);
  const progress = startProgress("Embedding");
  const embeddings = await embedTexts(texts, embedder, cache, progress.update).finally(progress.end);
  const classifier = await createClassifier(bundle);
  try {
    const features = texts.map((text, index) =>
      buildFeatures(prepareText(text), embeddings[index] ?? new Float32Array()),
    );
    return await classifier.classify(features);
  } finally {
    await classifier.close();
  }
}
