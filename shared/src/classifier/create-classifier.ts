import * as ort from "onnxruntime-web/wasm";
import { BundleError } from "../bundle/bundle-error.ts";
import type { Bundle } from "../bundle/load-bundle.ts";
import { modelRowLength, writeModelRow } from "../features/model-row.ts";
import { urgencies } from "../labels.ts";
import { calibrate } from "./calibrate.ts";
import { chooseLabel } from "./choose-label.ts";
import type { Classification, Classifier, Features } from "./classifier.ts";
import { openTreeModel, type TreeModel } from "./open-tree-model.ts";
import { roundUrgencyUp } from "./round-urgency-up.ts";

export type ClassifierOptions = {
  /** The bytes of ort-wasm-simd-threaded.wasm, where the runtime cannot load the file by its address (edge). */
  readonly wasmBinary?: Uint8Array;
};

/** Rows that one run of a model takes; more are cut into several runs, so that memory stays bounded. */
const rowsPerRun = 256;

/**
 * Opens the bundle's three models in onnxruntime-web (WASM, one thread, any runtime). A run takes well under a millisecond
 * a row and blocks its thread meanwhile. Calls run one after the other. Rejects with BundleError where a model
 * cannot be opened or has another shape than the manifest says.
 */
export async function createClassifier(bundle: Bundle, options: ClassifierOptions = {}): Promise<Classifier> {
  ort.env.wasm.numThreads = 1;
  if (options.wasmBinary) ort.env.wasm.wasmBinary = options.wasmBinary;
  const { manifest, models, lexical } = bundle;
  const columns = modelRowLength(lexical);
  const [queueModel, urgencyModel, scopeModel] = await openAll(
    openTreeModel("queue.onnx", models.queue, columns, manifest.labels.queue.length),
    openTreeModel("urgency.onnx", models.urgency, columns, urgencies.length),
    openTreeModel("scope.onnx", models.scope, columns, 2),
  );

  const classifyRun = async (rows: readonly Features[]): Promise<Classification[]> => {
    const input = new Float32Array(rows.length * columns);
    rows.forEach((row, i) => {
      writeModelRow(row, lexical, input.subarray(i * columns, (i + 1) * columns));
    });
    const queue = await queueModel.run(input, rows.length);
    const urgency = await urgencyModel.run(input, rows.length);
    const scope = await scopeModel.run(input, rows.length);
    return rows.map((_, i) => decide(manifest, queue[i], urgency[i], scope[i]));
  };

  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const classify = async (rows: readonly Features[]): Promise<Classification[]> => {
    if (closed) throw new Error("The classifier is closed.");
    const classifications: Classification[] = [];
    for (let start = 0; start < rows.length; start += rowsPerRun) {
      classifications.push(...(await classifyRun(rows.slice(start, start + rowsPerRun))));
    }
    return classifications;
  };

  return {
    modelVersion: manifest.version,
    queues: manifest.labels.queue,
    classify: (rows) => {
      const turn = last.then(() => classify(rows));
      last = turn.catch(() => {});
      return turn;
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await last;
      await Promise.all([queueModel, urgencyModel, scopeModel].map((model) => model.release()));
    },
  };
}

/** All three or none: where one does not open, the others' sessions are released, since each holds tens of megabytes. */
async function openAll(
  ...opening: [Promise<TreeModel>, Promise<TreeModel>, Promise<TreeModel>]
): Promise<[TreeModel, TreeModel, TreeModel]> {
  try {
    return await Promise.all(opening);
  } catch (error) {
    const outcomes = await Promise.allSettled(opening);
    await Promise.all(outcomes.map((outcome) => outcome.status === "fulfilled" && outcome.value.release()));
    throw error;
  }
}

/** Raw probabilities of one row -> what the bundle's calibration and thresholds make of them. */
function decide(
  manifest: Bundle["manifest"],
  rawQueue: Float32Array | undefined,
  rawUrgency: Float32Array | undefined,
  rawScope: Float32Array | undefined,
): Classification {
  if (!rawQueue || !rawUrgency || !rawScope)
    throw new BundleError("A model gave fewer rows than it was given.");
  const { calibration, thresholds, labels } = manifest;
  const urgency = chooseLabel(urgencies, calibrate(rawUrgency, calibration.urgency), thresholds.urgency);
  const outOfScope = calibrate(rawScope, calibration.scope)[1] ?? 0;
  return {
    queue: chooseLabel(labels.queue, calibrate(rawQueue, calibration.queue), thresholds.queue),
    urgency: roundUrgencyUp(urgency, manifest.urgency_round_up_share),
    outOfScope: { probability: outOfScope, isOutOfScope: outOfScope >= manifest.scope_threshold },
  };
}
