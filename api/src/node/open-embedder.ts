import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import "@support-it-agent/shared/node/without-telemetry";
import { createWorkerEmbedder } from "@support-it-agent/shared/node/embedder/create-worker-embedder";
import type { Config } from "../config.ts";
import type { Logger } from "../operations/logger.ts";
import { repositoryRoot } from "./repository-root.ts";

/**
 * Starts the threads that the configuration asks for, each with the network loaded and warm. They load it beside this thread, so an entry
 * point begins with it, before it imports the rest of the program; a failure in the meantime waits until it is asked for.
 * Rejects with EmbedderError.
 */
export function openEmbedder(config: Config, logger: Logger): Promise<Embedder> {
  const opening = openWarm(config, logger).catch((cause: unknown) => {
    throw new EmbedderError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  opening.catch(() => {});
  return opening;
}

/** The network cannot be loaded; the message names the folder and the next step. */
class EmbedderError extends Error {
  override readonly name = "EmbedderError";
}

async function openWarm(config: Config, logger: Logger): Promise<Embedder> {
  const embedder = await createWorkerEmbedder({
    modelDir: config.modelDir ?? join(repositoryRoot, ".cache/models"),
    runtime: config.embedderRuntime,
    workers: config.embedderWorkers,
    intraOpThreads: config.embedderRunThreads || Math.min(2, availableParallelism()),
    onFallback: (reason) => logger.warn({ reason }, "the native runtime does not load; WebAssembly is used"),
    onWorkerLost: (error) => logger.error({ reason: error.message }, "an embedder thread ended"),
  });
  try {
    await warmUp(embedder, config.embedderWorkers);
    return embedder;
  } catch (error) {
    await embedder.close();
    throw error;
  }
}

/**
 * The first run of a session allocates what later ones use: done before anybody waits for it, by every thread, because each call at once is
 * another one's. With a question's length: what a long text needs besides is little, and 256 tokens would take a tenth of the whole start.
 */
async function warmUp(embedder: Embedder, threads: number): Promise<void> {
  const question = "Mon VPN ne marche pas: error 0x80070035, please help";
  await Promise.all(Array.from({ length: threads }, () => embedder.embed([question])));
}
