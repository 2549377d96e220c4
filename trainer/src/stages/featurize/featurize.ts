import { join } from "node:path";
import type { Database } from "@support-it-agent/shared/database/database";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { buildFeatures } from "@support-it-agent/shared/features/build-features";
import { featureListHash } from "@support-it-agent/shared/features/feature-list";
import { lexicalDimensions, lexicalSpaces } from "@support-it-agent/shared/features/lexical-terms";
import { numericFeatureNames } from "@support-it-agent/shared/features/numeric-features";
import { startProgress } from "@support-it-agent/shared/node/start-progress";
import { detectLanguage } from "@support-it-agent/shared/text/detect-language";
import { tableToIPC } from "apache-arrow";
import { readJsonLines } from "../../files/read-json-lines.ts";
import { writeFileWhole } from "../../files/write-file-whole.ts";
import { snapshotRowSchema, snapshotRowsFileName } from "../snapshot/snapshot-row.ts";
import { backByDatabase } from "./back-by-database.ts";
import { embedTexts } from "./embed-texts.ts";
import { type EmbeddingCache, openEmbeddingCache } from "./embedding-cache.ts";
import { featureTable } from "./feature-table.ts";

export type FeaturizeOptions = {
  readonly snapshotFolder: string;
  readonly outFile: string;
  readonly cacheFolder: string;
  readonly embedder: Embedder;
  /** Where vectors are cached too, for every machine that trains on it; without it, on disk alone. */
  readonly database?: Database | undefined;
  readonly log: (line: string) => void;
};

/**
 * A snapshot's rows -> the Arrow IPC file that Python trains on (see feature-table.ts), with the very functions that the
 * API calls. Vectors are cached by text and embedder. A killed run leaves no half file and starts again where its cache ends.
 */
export async function featurize(options: FeaturizeOptions): Promise<void> {
  const { snapshotFolder, outFile, embedder, log } = options;
  const rows = await readJsonLines(join(snapshotFolder, snapshotRowsFileName), snapshotRowSchema);
  const texts = rows.map(({ text }) => text);
  const cache = await openCache(texts, options);
  const progress = startProgress("Embedding");
  const embeddings = await embedTexts(texts, embedder, cache, progress.update).finally(progress.end);

  const features = rows.map(({ text }, index) =>
    buildFeatures({ text, language: detectLanguage(text) }, embeddings[index] ?? new Float32Array()),
  );
  const table = featureTable(rows, features, {
    feature_hashes: JSON.stringify(await featureHashes()),
    embedder: embedder.maker,
    numeric_feature_names: JSON.stringify(numericFeatureNames),
    lexical_dimensions: String(lexicalDimensions),
  });
  await writeFileWhole(outFile, tableToIPC(table, "file"));
  log(`${rows.length} rows of ${table.schema.fields.length} columns`);
}

/** Which space a bundle is trained on is for Python to choose: each has a hash of its own. */
async function featureHashes(): Promise<Record<string, string>> {
  const hashes = lexicalSpaces.map(async (dimensions) => [dimensions, await featureListHash(dimensions)]);
  return Object.fromEntries(await Promise.all(hashes));
}

async function openCache(
  texts: readonly string[],
  { cacheFolder, embedder, database, log }: FeaturizeOptions,
): Promise<EmbeddingCache> {
  const disk = await openEmbeddingCache(cacheFolder, embedder.maker);
  if (!database) return disk;
  const cache = backByDatabase(disk, database, embedder.maker, log);
  const loaded = await cache.load(texts);
  if (loaded > 0) log(`${loaded} embeddings came out of the database`);
  return cache;
}
