import { readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { createTextEncoder } from "../../shared/src/embedder/create-text-encoder.ts";
import { openModelFolder } from "../../shared/src/node/embedder/open-model-folder.ts";
import { readModelFolder } from "../../shared/src/node/embedder/read-model-folder.ts";

// The program of a worker thread that does nothing but run the network: texts in, the milliseconds of each run out.

const port = parentPort;
if (port === null) throw new Error("raw-run-worker.ts is the program of a worker thread.");
const folder = readModelFolder(workerData.modelDir);
const encode = createTextEncoder(JSON.parse(await readFile(folder.tokenizer, "utf8")));
const session = await openModelFolder(folder, "native");

port.on("message", async (texts: readonly string[]) => {
  const timesMs: number[] = [];
  for (const row of texts.map(encode)) {
    const startedMs = performance.now();
    await session.run([row]);
    timesMs.push(performance.now() - startedMs);
  }
  port.postMessage(timesMs);
});
