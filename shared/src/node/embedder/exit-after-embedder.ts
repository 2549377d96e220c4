import { setTimeout as sleep } from "node:timers/promises";
import type { Embedder } from "../../embedder/embedder.ts";

/** More than a slow machine takes to load the network, less than an orchestrator waits before it kills. */
const longestMs = 15_000;

/**
 * Ends the process with `code`, as soon as no thread of `embedder`, open or being opened, is inside the network, or after fifteen seconds. A
 * bare process.exit ends threads wherever they are, and ONNX Runtime answers that with an abort of the whole process (SIGABRT, exit code
 * 134, a core dump) where one of them was loading the network.
 */
export async function exitAfterEmbedder(
  embedder: Promise<Embedder> | undefined,
  code: number,
): Promise<never> {
  const closed = embedder?.then((open) => open.close()).catch(() => {});
  await Promise.race([closed, sleep(longestMs)]);
  process.exit(code);
}
