import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AppParts, assembleApp } from "../../api/src/assemble-app.ts";
import type { Generator } from "../../api/src/generation/generation.ts";
import type { App } from "../../api/src/http/app-env.ts";
import { createReadPage } from "../../api/src/node/create-read-page.ts";
import { createLineLogger } from "../../api/src/operations/create-line-logger.ts";
import { loadBundle } from "../../shared/src/bundle/load-bundle.ts";
import { createClassifier } from "../../shared/src/classifier/create-classifier.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { createWorkerEmbedder } from "../../shared/src/node/embedder/create-worker-embedder.ts";
import { readBundleFolder } from "../../shared/src/node/read-bundle-folder.ts";

const repositoryRoot = fileURLToPath(new URL("../../", import.meta.url));

export const starterBundle = join(repositoryRoot, "models/starter");

export const modelDir = process.env.MODEL_DIR || join(repositoryRoot, ".cache/models");

export type RealApp = { readonly app: App; readonly lines: string[]; close(): Promise<void> };

/** The whole API with the real models over a database; one embedder thread, no language model unless one is given. Callers need no key as long as there is none. */
export async function createRealApp(
  database: Database,
  generator: Generator | null = null,
  access: AppParts["access"] = { trustsLoopback: true },
  limits: Partial<AppParts["limits"]> = {},
): Promise<RealApp> {
  const [embedder, bundle] = await Promise.all([
    createWorkerEmbedder({ modelDir, workers: 1 }),
    loadBundle(readBundleFolder(starterBundle)),
  ]);
  const classifier = await createClassifier(bundle);
  const lines: string[] = [];
  const { app, close } = assembleApp({
    version: "0.0.0-test",
    database,
    embedder,
    model: { bundle, classifier },
    generator,
    logger: createLineLogger((line) => lines.push(line), "debug"),
    limits: {
      askDeadlineMs: 30_000,
      requestDeadlineMs: 30_000,
      importDeadlineMs: 60_000,
      heartbeatMs: 1_000,
      maxImportBytes: 10_000_000,
      maxRunning: 16,
      maxWaiting: 64,
      ...limits,
    },
    access,
    blindLabelShare: 1,
    readPage: createReadPage(),
  });
  return {
    app,
    lines,
    close: async () => {
      await embedder.close();
      await close();
    },
  };
}
