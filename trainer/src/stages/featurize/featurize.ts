import { join } from "node:path";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { buildFeatures } from "@support-it-agent/shared/features/build-features";
import { featureListHash } from "@support-it-agent/shared/features/feature-list";
import { lexicalDimensions } from "@support-it-agent/shared/features/lexical-terms";
import { numericFeatureNames } from "@support-it-agent/shared/features/numeric-features";
import { startProgress } from "@support-it-agent/shared/node/start-progress";
import { detectLanguage } from "@support-it-agent/shared/text/detect-language";
import { tableToIPC } from "apache-arrow";
import { readJsonLines } from "../../files/read-json-lines.ts";
import { writeFileWhole } from "../../files/write-file-whole.ts";
import { snapshotRowSchema, snapshotRowsFileName } from "../snapshot/snapshot-row.ts";
import { embedTexts } from "./embed-texts.ts";
import { openEmbeddingCache } from "./embedding-cache.ts";
import { featureTable } from "./feature-table.ts";

export type FeaturizeOptions = {
  readonly snapshotFolder: string;
  readonly outFile: string;
  readonly cacheFolder: string;
  readonly embedder: Embedder;
  readonly log: (line: string) => void;
};

/**
 * A snapshot's rows -> the Arrow IPC file that Python trains on (see feature-table.ts), with the very functions that the
 * API calls. Vectors are cached by text and embedder. A killed run leaves no half file and starts again where its cache ends.
 */
export async function featurize(options: FeaturizeOptions): Promise<void> {
  const { snapshotFolder, outFile, cacheFolder, embedder, log } = options;
  const rows = await readJsonLines(join(snapshotFolder, snapshotRowsFileName), snapshotRowSchema);
  const cache = await openEmbeddingCache(cacheFolder, embedder.maker);
  const progress = startProgress("Embedding");
  const embeddings = await embedTexts(
    rows.map(({ text }) => text),
    embedder,
    cache,
    progress.update,
  ).finally(progress.end);

  const features = rows.map(({ text }, index) =>
    buildFeatures({ text, language: detectLanguage(text) }, embeddings[index] ?? new Float32Array()),
  );
  const table = featureTable(rows, features, {
    feature_hash: await featureListHash(),
    embedder: embedder.maker,
    numeric_feature_names: JSON.stringify(numericFeatureNames),
    lexical_dimensions: String(lexicalDimensions),
  });
  await writeFileWhole(outFile, tableToIPC(table, "file"));
  log(`${rows.length} rows of ${table.schema.fields.length} columns`);
}
