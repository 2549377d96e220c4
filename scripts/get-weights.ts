// Fetches the weights of the embedder once: node scripts/get-weights.ts [--int8]
// MODEL_DIR: a folder that has them already. MODEL_HUB_URL: a mirror of the hub. Prints the folder on stdout.
import { fileURLToPath } from "node:url";
import { readModelFolder } from "../shared/src/node/embedder/read-model-folder.ts";
import { ensureWeights } from "../shared/src/node/weights/ensure-weights.ts";
import { showProgress } from "../shared/src/node/weights/show-progress.ts";
import { WeightsError } from "../shared/src/node/weights/weights-error.ts";
import { parseCommand } from "./lib/parse-command.ts";

const { values } = parseCommand({
  usage: `Usage: node scripts/get-weights.ts [--int8]

Fetches the weights of the embedder once, and prints their folder. MODEL_DIR: a folder that has them already. MODEL_HUB_URL: a mirror of the hub.`,
  options: { int8: { type: "boolean", default: false } },
});
const defaultDir = fileURLToPath(new URL("../.cache/models", import.meta.url));
const modelDir = process.env.MODEL_DIR || undefined;
const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(name, () => interrupted.abort(new WeightsError("Stopped. The next run goes on from here.")));

try {
  if (modelDir !== undefined) {
    readModelFolder(modelDir);
    console.error(`MODEL_DIR is set: the weights are used as they are in ${modelDir}.`);
    console.log(modelDir);
  } else {
    const screen = showProgress(process.stderr);
    const { dir } = await ensureWeights({
      dir: defaultDir,
      dtype: values.int8 ? "int8" : "fp32",
      hubUrl: process.env.MODEL_HUB_URL || undefined,
      python: process.env.PYTHON || undefined,
      onProgress: screen.progress,
      onNotice: screen.notice,
      signal: interrupted.signal,
    }).finally(screen.end);
    console.log(dir);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
