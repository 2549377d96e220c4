// Compares featurize with the network alone: node scripts/bench-featurize.ts [--rows 400] [--rounds 3] [--snapshot FOLDER]
// Raw: the network's runs over the same texts, one text a run, on as many threads; nothing around them. Featurize: the whole stage
// with an empty cache, from rows.jsonl to the Arrow file. The rounds alternate, so that other work on the machine meets both.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createWorkerEmbedder } from "../shared/src/node/embedder/create-worker-embedder.ts";
import "../shared/src/node/without-telemetry.ts";
import { featurize } from "../trainer/src/stages/featurize/featurize.ts";
import { startRawRuns } from "./benchmark/start-raw-runs.ts";
import { callerPath } from "./lib/caller-path.ts";
import { parseCommand } from "./lib/parse-command.ts";

const { values } = parseCommand({
  usage: "Usage: node scripts/bench-featurize.ts [--rows 400] [--rounds 3] [--threads 2] [--snapshot FOLDER]",
  options: {
    rows: { type: "string", default: "400" },
    rounds: { type: "string", default: "3" },
    threads: { type: "string", default: "2" },
    snapshot: {
      type: "string",
      default: fileURLToPath(new URL("../build/starter/snapshot", import.meta.url)),
    },
  },
});
const threads = Number(values.threads);
const modelDir = process.env.MODEL_DIR || fileURLToPath(new URL("../.cache/models", import.meta.url));

const folder = await mkdtemp(join(tmpdir(), "bench-featurize-"));
try {
  const lines = await readSample(join(callerPath(values.snapshot), "rows.jsonl"), Number(values.rows));
  const texts = lines.map((line): string => JSON.parse(line).text);
  const snapshotFolder = join(folder, "snapshot");
  await mkdir(snapshotFolder);
  await writeFile(join(snapshotFolder, "rows.jsonl"), `${lines.join("\n")}\n`);
  const meanLength = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  console.log(`${texts.length} texts of ${meanLength.toFixed(0)} characters on average, ${threads} threads`);

  const raws = Array.from({ length: threads }, () => startRawRuns(modelDir));
  const embedder = await createWorkerEmbedder({ modelDir, workers: threads });
  const warmUp = texts.slice(0, 20);
  await Promise.all([embedder.embed(warmUp), ...raws.map((raw) => raw.measure(warmUp))]);

  const ratios: number[] = [];
  const processorRatios: number[] = [];
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    const raw = await timed(() =>
      Promise.all(raws.map((runs, own) => runs.measure(texts.filter((_, at) => at % threads === own)))),
    );
    const whole = await timed(() =>
      featurize({
        snapshotFolder,
        outFile: join(folder, `${round}.arrow`),
        cacheFolder: join(folder, `cache-${round}`),
        embedder,
        log: () => {},
      }),
    );
    ratios.push(raw.wallMs / whole.wallMs);
    processorRatios.push(raw.processorMs / whole.processorMs);
    const rate = (ms: number) => ((1_000 * texts.length) / ms).toFixed(0);
    console.log(`  round ${round}: raw ${rate(raw.wallMs)} texts/s, featurize ${rate(whole.wallMs)} texts/s`);
  }
  console.log(
    `featurize / raw, median: ${percent(ratios)} of the rate, ${percent(processorRatios)} by processor time`,
  );
  await Promise.all([embedder.close(), ...raws.map((runs) => runs.close())]);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Every so many-th row, so that all lengths are there. */
async function readSample(path: string, count: number): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new Error(
      `${path} is not there: run ./scripts/train snapshot@starter, or name a snapshot by --snapshot.`,
    );
  });
  const lines = text.trim().split("\n");
  const step = Math.max(1, lines.length / count);
  return Array.from({ length: Math.min(count, lines.length) }, (_, at) => lines[Math.floor(at * step)] ?? "");
}

/** Wall time, and the processor time of all threads, in which other work on the machine has little part. */
async function timed(work: () => Promise<unknown>) {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const wallMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(before);
  return { wallMs, processorMs: (user + system) / 1_000 };
}

function percent(ratios: readonly number[]): string {
  const sorted = ratios.toSorted((a, b) => a - b);
  return `${(100 * (sorted[sorted.length >> 1] ?? 0)).toFixed(0)} %`;
}
