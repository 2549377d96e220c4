import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Classification, Features } from "@support-it-agent/shared/classifier/classifier";
import { createClassifier } from "@support-it-agent/shared/classifier/create-classifier";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import type { FeatureImportance } from "../drift/chart/feature-weights.ts";
import { addAuditedErrors, type ErrorReference, noErrors } from "../drift/performance/add-audited-errors.ts";
import { seededRandom } from "../drift/seeded-random.ts";
import type { DriftRow } from "../drift/windows/drift-row.ts";
import { readJsonLines } from "../files/read-json-lines.ts";
import { writeFileWhole } from "../files/write-file-whole.ts";
import { textFeatures } from "../stages/evaluate/text-features.ts";
import { snapshotRowSchema, snapshotRowsFileName } from "../stages/snapshot/snapshot-row.ts";
import { bundleSchema } from "./bundle-schema.ts";
import { chooseHeldOutRows, type HeldOutRow } from "./choose-held-out-rows.ts";
import { measureImportance } from "./measure-importance.ts";

/** So many rows of the recent window are a reference of their own. */
const enoughRecentRows = 200;

/** What the serving model says of labelled tickets that no fit has seen. */
export type HeldOut = {
  /**
   * What windows are compared with: the recent window where it has 200 rows, since a model is often trained because the desk has changed, and
   * the older holdout would call the desk of now a drift again; else all. In order of time where all have one, else in a drawn order, so that
   * neighbours have nothing in common.
   */
  readonly rows: readonly DriftRow[];
  /** What the model leans on. */
  readonly importance: FeatureImportance;
  /** Wrong queues, of all rows and by the queue that was predicted. */
  readonly errors: ErrorReference;
};

/**
 * The desk's own held-out rows of a snapshot (chooseHeldOutRows) through the serving bundle: what live windows are compared with until there is
 * live history, how much each input weighs, and the error rate that the model was accepted with. Vectors and importances are kept in
 * `cacheFolder`, the latter by bundle and rows. Rejects with CliError where the snapshot has no such rows.
 */
export async function readHeldOut(options: {
  readonly snapshotFolder: string;
  readonly bundle: Bundle;
  readonly embedder: Embedder;
  /** Holds `embeddings` (that of featurize) and `drift`. */
  readonly cacheFolder: string;
  readonly seed: number;
}): Promise<HeldOut> {
  const { snapshotFolder, bundle, embedder, cacheFolder, seed } = options;
  const snapshot = await readJsonLines(join(snapshotFolder, snapshotRowsFileName), snapshotRowSchema);
  const rows = ordered(chooseHeldOutRows(snapshot), seed);
  if (rows.length === 0)
    throw new CliError(
      `${snapshotFolder} holds no ticket with a queue out: take a snapshot of more tickets.`,
    );
  const features = await textFeatures(
    rows.map(({ text }) => text),
    embedder,
    join(cacheFolder, "embeddings"),
  );
  const classifier = await createClassifier(bundle);
  try {
    const said = await classifier.classify(features);
    const rowsHash = createHash("sha256").update(rows.map(({ id }) => id).join("\n"));
    const name = `${bundle.hash.slice(0, 16)}-${rowsHash.digest("hex").slice(0, 16)}-${seed}.json`;
    const importance = await remembered(join(cacheFolder, "drift"), name, () =>
      measureImportance(classifier, features, seed),
    );
    const isRecent = rows.filter(({ split }) => split === "recent").length >= enoughRecentRows;
    const driftRows = rows.flatMap((row, at) =>
      isRecent && row.split !== "recent" ? [] : driftRow(bundle, row, at, features[at], said[at]),
    );
    const judged = said.map(({ queue: { label: queue } }, at) => ({
      queue,
      isWrong: queue !== rows[at]?.queue,
    }));
    return { rows: driftRows, importance, errors: addAuditedErrors(noErrors, judged) };
  } finally {
    await classifier.close();
  }
}

function ordered(rows: readonly HeldOutRow[], seed: number): HeldOutRow[] {
  const random = seededRandom(seed);
  const hasTimes = rows.every(({ created_at }) => created_at !== null);
  return rows
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((row) => ({ row, place: hasTimes ? Date.parse(row.created_at ?? "") : random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row);
}

const importanceSchema = z.object({ numeric: z.record(z.string(), z.number()), embedding: z.number() });

async function remembered(
  folder: string,
  name: string,
  measure: () => Promise<FeatureImportance>,
): Promise<FeatureImportance> {
  const path = join(folder, name);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text !== null) return importanceSchema.parse(JSON.parse(text));
  const measured = await measure();
  await writeFileWhole(path, `${JSON.stringify(measured)}\n`);
  return measured;
}

function driftRow(
  bundle: Bundle,
  { id, text, created_at }: HeldOutRow,
  order: number,
  features: Features | undefined,
  said: Classification | undefined,
): DriftRow[] {
  if (!features || !said) return [];
  const { queues, urgencies } = bundleSchema(bundle);
  const { queue, urgency } = said;
  const probabilities: Readonly<Record<string, number>> = urgency.probabilities;
  return [
    {
      id,
      at: created_at === null ? order : Date.parse(created_at),
      text,
      language: features.language,
      caller: null,
      numeric: features.numeric,
      embedding: features.embedding,
      queue: queue.label,
      urgency: urgency.label,
      queueProbabilities: queues.map((label) => queue.probabilities[label] ?? 0),
      urgencyProbabilities: urgencies.map((label) => probabilities[label] ?? 0),
    },
  ];
}
