import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { checkEmbedder } from "@support-it-agent/shared/bundle/check-embedder";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { openDatabase } from "@support-it-agent/shared/node/database/open-database";
import { keepWasmBaseline } from "@support-it-agent/shared/node/keep-wasm-baseline";
import { z } from "zod";
import { assembleApp } from "../assemble-app.ts";
import { explainAccess } from "../auth/explain-access.ts";
import { requireSomeKey } from "../auth/require-some-key.ts";
import type { Config } from "../config.ts";
import type { Generator } from "../generation/generation.ts";
import type { App } from "../http/app-env.ts";
import type { LoadedModel } from "../model/create-serving-model.ts";
import { runOneAtATime } from "../model/run-one-at-a-time.ts";
import type { Logger } from "../operations/logger.ts";
import { createReadPage } from "./create-read-page.ts";
import { loadModel } from "./load-model.ts";
import { repositoryRoot } from "./repository-root.ts";

/** A whole API on Node, with its models loaded and warm. */
export type Services = {
  readonly app: App;
  /** Tells other commands where this process serves, as long as it holds the embedded database. */
  readonly announce: (url: string) => Promise<void>;
  /** See explain-access.ts. */
  readonly explainAccess: () => Promise<string | null>;
  /** Serves the bundle that is to serve now (find-bundle-folder.ts), where it may. Calls while one is under way are one more after it. */
  readonly reload: () => Promise<void>;
  /** Keeps the database's word on who serves right, until `close`. */
  readonly keepRecorded: () => void;
  /** Frees database, threads and sessions. */
  readonly close: () => Promise<void>;
};

/** Who can reach the process. */
export type Reach = {
  /** True where only this machine can: without any key, everybody on it may do everything. */
  readonly trustsLoopback: boolean;
  /** Where it is reached, as the beginning of a sentence. */
  readonly place: string;
};

/**
 * Opens what the configuration names and loads the models, all at once, while `opening` goes on (open-embedder.ts). A PostgreSQL that does
 * not answer yet is no fault: it is tried again with each request. Rejects with NoKeyError, BundleError, DataDirectoryLockedError, or as
 * `opening` does; nothing stays open then, and the embedder neither.
 */
export async function createServices(
  config: Config,
  logger: Logger,
  opening: Promise<Embedder>,
  { trustsLoopback, place }: Reach,
): Promise<Services> {
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
  };
  const keep = async <Part extends { close(): Promise<void> }>(opening: Promise<Part>): Promise<Part> => {
    const part = await opening;
    opened.push(() => part.close());
    return part;
  };
  await keepWasmBaseline(config.embedderRuntime, config.databaseUrl === undefined);
  const parts = await Promise.allSettled([
    keep(
      openDatabase({ url: config.databaseUrl, driver: config.databaseDriver, dataDirectory: config.dataDir }),
    ),
    keep(opening),
    keep(loadFirst(config)),
    openGenerator(config, logger),
    readVersion(),
  ]);
  try {
    const [database, embedder, { model }, generator, version] = fulfilled(parts);
    checkEmbedder(model.bundle, embedder.maker);
    if (!trustsLoopback) await requireSomeKey(database, config.firstAdminKeySha256, place);
    const access = { trustsLoopback, firstAdminKeySha256: config.firstAdminKeySha256 };
    const assembled = assembleApp({
      version,
      database,
      embedder,
      model,
      generator,
      endOfTurn: () => setImmediate(),
      logger,
      limits: {
        ...config,
        heartbeatMs: 15_000,
        maxRunning: config.maxConcurrentRequests,
        maxWaiting: config.maxQueuedRequests,
      },
      access,
      blindLabelShare: config.blindLabelShare,
      readPage: createReadPage(),
      gauges: {
        process_resident_memory_bytes: { help: "Resident memory.", read: () => process.memoryUsage.rss() },
      },
    });
    opened.push(assembled.close);
    const load = async () => {
      const next = await loadModel(config.bundleDir, repositoryRoot);
      return closeUnless(next, () => checkEmbedder(next.bundle, embedder.maker));
    };
    return {
      app: assembled.app,
      announce: "announce" in database ? database.announce : async () => {},
      explainAccess: () => explainAccess(database, access),
      reload: runOneAtATime(async () => void (await assembled.reload(load))),
      keepRecorded: assembled.keepRecorded,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The values of settled promises; throws the first reason once all have settled, so that whatever opened can be closed. */
function fulfilled<const Results extends readonly PromiseSettledResult<unknown>[]>(
  results: Results,
): { [Index in keyof Results]: Results[Index] extends PromiseSettledResult<infer Value> ? Value : never } {
  const values = results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
  return values as {
    [Index in keyof Results]: Results[Index] extends PromiseSettledResult<infer Value> ? Value : never;
  };
}

/** The model to begin with, as a part that can be closed where another part cannot be opened. */
async function loadFirst(config: Config) {
  const model = await loadModel(config.bundleDir, repositoryRoot);
  return { model, close: () => model.classifier.close() };
}

/** The model, or, where it does not pass, its error and no session left behind. */
async function closeUnless(model: LoadedModel, check: () => void): Promise<LoadedModel> {
  try {
    check();
    return model;
  } catch (error) {
    await model.classifier.close();
    throw error;
  }
}

/**
 * A language model where a key or a server is named; else answers are quotes. Its client is hundreds of modules: they are loaded
 * only where they are used.
 */
async function openGenerator(config: Config, logger: Logger): Promise<Generator | null> {
  if (!config.mistralApiKey && !config.mistralServerUrl) return null;
  const { createMistralGenerator } = await import("../generation/create-mistral-generator.ts");
  return createMistralGenerator({
    apiKey: config.mistralApiKey ?? "",
    model: config.mistralModel,
    ...(config.mistralServerUrl ? { serverUrl: config.mistralServerUrl } : {}),
    log: logger,
  });
}

async function readVersion(): Promise<string> {
  const text = await readFile(join(repositoryRoot, "api/package.json"), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
