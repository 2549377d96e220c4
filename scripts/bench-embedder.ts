// Measures the embedder: node scripts/bench-embedder.ts [--runtime native|wasm] [--workers 2] [--retrieval]
// MODEL_DIR: the weights (.cache/models by default). --retrieval reads $EVAL_DATA_DIR/retrieval.
// Figures of a machine with other work on it mislead: the ratios are what to compare.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cosineSimilarity } from "../shared/src/embedder/cosine-similarity.ts";
import { createTextEncoder } from "../shared/src/embedder/create-text-encoder.ts";
import type { RuntimeFamily } from "../shared/src/embedder/describe-maker.ts";
import type { Embedder } from "../shared/src/embedder/embedder.ts";
import { createWorkerEmbedder } from "../shared/src/node/embedder/create-worker-embedder.ts";
import { openModelFolder } from "../shared/src/node/embedder/open-model-folder.ts";
import { readGoldenVectors } from "../shared/src/node/embedder/read-golden-vectors.ts";
import "../shared/src/node/without-telemetry.ts";
import { readModelFolder } from "../shared/src/node/embedder/read-model-folder.ts";
import { parseCommand } from "./lib/parse-command.ts";

const { values } = parseCommand({
  usage: `Usage: node scripts/bench-embedder.ts [--runtime native|wasm] [--workers 2] [--retrieval] [--raw]

MODEL_DIR: the weights. --retrieval reads $EVAL_DATA_DIR/retrieval; --raw runs the network alone.`,
  options: {
    runtime: { type: "string", default: "native" },
    workers: { type: "string", default: "2" },
    retrieval: { type: "boolean", default: false },
    raw: { type: "boolean", default: false },
  },
});
const runtime: RuntimeFamily = values.runtime === "wasm" ? "wasm" : "native";
const workers = Number(values.workers);
const modelDir = process.env.MODEL_DIR || fileURLToPath(new URL("../.cache/models", import.meta.url));
const folder = readModelFolder(modelDir);
const encode = createTextEncoder(JSON.parse(await readFile(folder.tokenizer, "utf8")));

if (values.raw) await measureRuns();
else await measureEmbedder();

/** The network alone, in this thread: one text a run. */
async function measureRuns(): Promise<void> {
  const session = await openModelFolder(folder, runtime);
  console.log(`raw runs, ${folder.dtype}, ${runtime}`);
  for (const tokens of [24, 128, 256]) {
    const row = encode(textOf(tokens));
    console.log(`  ${row.length} tokens: ${await describeTimes(() => session.run([row]))}`);
  }
  await session.release();
}

async function measureEmbedder(): Promise<void> {
  const before = residentMb();
  const started = performance.now();
  const embedder = await createWorkerEmbedder({ modelDir, runtime, workers });
  console.log(`${embedder.maker}\n  runtime ${runtime}, ${workers} workers`);
  console.log(`  ready after ${(performance.now() - started).toFixed(0)} ms`);
  console.log(`  resident: ${before} MB before, ${residentMb()} MB ready`);
  if (values.retrieval) await measureRetrieval(embedder);
  else await measureSpeed(embedder);
  console.log(`  resident: ${residentMb()} MB after, ${peakMb()} MB at the peak`);
  await embedder.close();
}

async function measureSpeed(embedder: Embedder): Promise<void> {
  for (const tokens of [24, 128, 256]) {
    const text = textOf(tokens);
    const one = await describeTimes(() => embedder.embed([text]));
    const count = Math.max(2 * workers, Math.round(20_000 / (tokens * (runtime === "wasm" ? 5 : 1))));
    const started = performance.now();
    await Promise.all(Array.from({ length: count }, () => embedder.embed([text])));
    const each = (1_000 * count) / (performance.now() - started);
    const together = Array.from({ length: count }, (_, i) => `${i} ${text}`);
    const startedTogether = performance.now();
    await embedder.embed(together);
    const batch = (1_000 * count) / (performance.now() - startedTogether);
    console.log(
      `  ${tokens} tokens: one call ${one}; ${each.toFixed(0)} texts/s in single calls, ` +
        `${batch.toFixed(0)} texts/s in one call of ${count}`,
    );
  }
  const golden = await readGoldenVectors();
  const vectors = await embedder.embed(golden.map(({ text }) => text));
  const cosines = vectors.map((vector, i) => cosineSimilarity(vector, golden[i]?.vector ?? []));
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  console.log(
    `  cosine to the golden vectors: least ${Math.min(...cosines).toFixed(7)}, mean ${mean.toFixed(7)}`,
  );
}

/** nDCG@10 of vectors alone, exact search: every document is compared with every query. */
async function measureRetrieval(embedder: Embedder): Promise<void> {
  const root = process.env.EVAL_DATA_DIR;
  if (!root) throw new Error("--retrieval reads $EVAL_DATA_DIR/retrieval: set EVAL_DATA_DIR.");
  for (const [name, ending] of [
    ["unix-qa", ""],
    ["gnome-help", "_en"],
  ] as const) {
    const corpus = readLines(join(root, "retrieval", name, `corpus${ending}.jsonl`));
    const queries = readLines(join(root, "retrieval", name, `queries${ending}.jsonl`));
    const qrels = readQrels(join(root, "retrieval", name, `qrels${ending}.tsv`));
    const started = performance.now();
    const documents = await embedder.embed(corpus.map(({ text }) => text));
    const rate = (1_000 * corpus.length) / (performance.now() - started);
    const asked = queries.filter(({ id }) => qrels.has(id));
    const vectors = await embedder.embed(asked.map(({ text }) => text));
    const scores = asked.map(({ id }, q) => {
      const query = vectors[q] ?? new Float32Array();
      const ranked = documents
        .map((document, d) => ({ id: corpus[d]?.id ?? "", cosine: cosineSimilarity(query, document) }))
        .sort((a, b) => b.cosine - a.cosine);
      return ndcgAt10(
        ranked.map((entry) => entry.id),
        qrels.get(id) ?? new Map(),
      );
    });
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    console.log(
      `  ${name}${ending}: nDCG@10 ${mean.toFixed(4)} (${asked.length} queries, ${corpus.length} documents, ${rate.toFixed(0)}/s)`,
    );
  }
}

/** Normalised discounted cumulative gain of the first ten, gain = score, discount = log2(rank + 1). */
function ndcgAt10(ranked: readonly string[], scores: ReadonlyMap<string, number>): number {
  const gain = (values: readonly number[]): number =>
    values.slice(0, 10).reduce((sum, value, rank) => sum + value / Math.log2(rank + 2), 0);
  const ideal = gain([...scores.values()].sort((a, b) => b - a));
  return ideal === 0 ? 0 : gain(ranked.slice(0, 10).map((id) => scores.get(id) ?? 0)) / ideal;
}

function readLines(path: string): { id: string; text: string }[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { _id: string; text: string })
    .map(({ _id, text }) => ({ id: _id, text }));
}

/** Query -> document -> score, of a file with a heading line. */
function readQrels(path: string): Map<string, Map<string, number>> {
  const qrels = new Map<string, Map<string, number>>();
  for (const line of readFileSync(path, "utf8").trim().split("\n").slice(1)) {
    const [query = "", document = "", score = "0"] = line.split("\t");
    const scores = qrels.get(query) ?? new Map<string, number>();
    qrels.set(query, scores.set(document, Number(score)));
  }
  return qrels;
}

/** A text of exactly so many tokens, [CLS] and [SEP] included: every word is one token. */
function textOf(tokens: number): string {
  const words = [
    "printer",
    "screen",
    "error",
    "after",
    "update",
    "network",
    "please",
    "help",
    "server",
    "down",
  ];
  return Array.from({ length: tokens - 2 }, (_, i) => words[i % words.length]).join(" ");
}

/**
 * Median and least time of runs that fill about two seconds, after five that do not count, and the processor
 * time of one run, in which other work on the machine has little part.
 */
async function describeTimes(run: () => Promise<unknown>): Promise<string> {
  for (let i = 0; i < 5; i += 1) await run();
  const times: number[] = [];
  const end = performance.now() + 2_000;
  const before = process.cpuUsage();
  while (times.length < 11 || performance.now() < end) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const figures = [times[times.length >> 1], times[0], (user + system) / 1_000 / times.length];
  const [median, least, processor] = figures.map((ms) => ms?.toFixed(2));
  return `median ${median} ms, least ${least} ms, processor ${processor} ms`;
}

function residentMb(): number {
  return Math.round(process.memoryUsage.rss() / 1e6);
}

function peakMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1e3);
}
