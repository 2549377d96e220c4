import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "@support-it-agent/shared/bundle/manifest";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { writeFileWhole } from "../files/write-file-whole.ts";
import type { GateReport } from "../gate/gate-report.ts";
import { snapshotDescriptionFileName } from "../stages/snapshot/describe-snapshot.ts";
import { publishedPaths } from "./published-paths.ts";
import { type CardData, type CardMetrics, renderModelCard } from "./render-model-card.ts";
import type { WorkTree } from "./work-tree.ts";

const range = z.tuple([z.number(), z.number()]).nullish();
const labelSchema = z
  .looseObject({
    rows: z.number(),
    accuracy: z.number(),
    macroF1: z.number(),
    weightedF1: z.number(),
    ece: z.number(),
    coverage: z.number(),
    precisionWhereCovered: z.number().nullable(),
    classes: z.record(
      z.string(),
      z.looseObject({ precision: z.number(), recall: z.number(), f1: z.number(), support: z.number() }),
    ),
    intervals: z.looseObject({ accuracy: range, weightedF1: range }),
    slices: z.record(z.string(), z.looseObject({ rows: z.number(), accuracy: z.number(), interval: range })),
  })
  .nullish();
const measuresSchema = z.looseObject({ queue: labelSchema, urgency: labelSchema }).nullish();
const metricsSchema = z.looseObject({
  holdout: measuresSchema,
  recent: measuresSchema,
}) satisfies z.ZodType<CardMetrics>;
const dataSchema = z.looseObject({
  row_count: z.number(),
  group_count: z.number(),
  splits: z.record(z.string(), z.number()),
  queues: z.record(z.string(), z.number()),
  urgencies: z.record(z.string(), z.number()),
  languages: z.record(z.string(), z.number()),
  time: z.looseObject({ first: z.string().nullable(), last: z.string().nullable() }),
}) satisfies z.ZodType<CardData>;

/**
 * Writes models/<data set>.card.md from the manifest, the metrics and the snapshot's description in a work tree. The same model gives the same bytes: no clock, no machine, and
 * no text of a ticket. Rejects with CliError where a file is missing or is of another format.
 */
export async function writeModelCard(options: {
  readonly workTree: Pick<WorkTree, "root" | "base">;
  readonly dataSet: string;
  readonly cycleId: string;
  readonly manifest: Manifest;
  readonly bundleHash: string;
  readonly gate: GateReport;
  readonly reason: string;
}): Promise<void> {
  const { workTree, dataSet } = options;
  const paths = publishedPaths(dataSet);
  const metrics = await readJson(join(workTree.root, paths.metrics), metricsSchema);
  const data = await readJson(join(workTree.root, paths.snapshot, snapshotDescriptionFileName), dataSchema);
  const card = renderModelCard({ ...options, baseCommit: workTree.base, metrics, data });
  await writeFileWhole(join(workTree.root, paths.card), card);
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new CliError(
      `${path} cannot be read, and the model card is made of it: ${cause instanceof Error ? cause.message : cause}. Run the pipeline again.`,
      { cause },
    );
  }
}
