// Measures speed and memory against the goals of docs/benchmark.md: ./scripts/bench [--quick | --chunks N] [--cpu-profile FOLDER]
// It prints ratios beside what this machine does in the same minute, and is no test: it ends with 0 whether goals are reached or not.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { createTextEncoder } from "../../shared/src/embedder/create-text-encoder.ts";
import type { Embedder } from "../../shared/src/embedder/embedder.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createWorkerEmbedder } from "../../shared/src/node/embedder/create-worker-embedder.ts";
import { exitAfterEmbedder } from "../../shared/src/node/embedder/exit-after-embedder.ts";
import { readModelFolder } from "../../shared/src/node/embedder/read-model-folder.ts";
import "../../shared/src/node/without-telemetry.ts";
import { callerPath } from "../lib/caller-path.ts";
import { parseCommand } from "../lib/parse-command.ts";
import { composeQuestions } from "./compose-questions.ts";
import { createAsker } from "./create-asker.ts";
import { measureLatency } from "./measure-latency.ts";
import { measureThroughput } from "./measure-throughput.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { printReport } from "./print-report.ts";
import { readCpuMs } from "./read-cpu-ms.ts";
import { readStarterTexts } from "./read-starter-texts.ts";
import { startRawRuns } from "./start-raw-runs.ts";
import { startServer } from "./start-server.ts";

const { values: given, refuse } = parseCommand({
  usage: "Usage: ./scripts/bench [--quick | --chunks N] [--cpu-profile FOLDER]",
  options: {
    quick: { type: "boolean", default: false },
    chunks: { type: "string" },
    "cpu-profile": { type: "string" },
  },
});
const chunkCount = given.quick ? 5_000 : Number(given.chunks ?? 50_000);
if (!(chunkCount >= 100 && chunkCount % 25 === 0)) refuse("--chunks takes a multiple of 25, from 100 on.");
/** One where each thread leaves a profile. */
const starts = given["cpu-profile"] ? 1 : 5;
const connections = 8;
const [warmUps, blocks, blockSize, rounds, roundMs] = [60, 12, 25, 8, 5_000];

const cacheFolder = fileURLToPath(new URL("../../.cache/bench", import.meta.url));
const modelDir = process.env.MODEL_DIR || fileURLToPath(new URL("../../.cache/models", import.meta.url));
const say = (line: string) => process.stderr.write(`${line}\n`);

/** What is to be ended, last first, however the benchmark ends. */
const ends: (() => Promise<void> | void)[] = [];

let opening: Promise<Embedder> | undefined;
// Leaving ends the server (start-server.ts) and PostgreSQL (it notices that we are gone).
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void exitAfterEmbedder(opening, 130));

try {
  await mkdir(cacheFolder, { recursive: true });
  opening = createWorkerEmbedder({ modelDir, workers: 2, runtime: "native" });
  const embedder = await opening;
  ends.push(() => embedder.close());
  // Every fourth text is for the questions alone; together with the articles, so that some questions have an answer.
  const texts = await readStarterTexts();
  const known = texts.filter((_, number) => number % 4 !== 3);
  const asked = texts.filter(({ kind }, number) => number % 4 === 3 || kind === "article");
  const postgres = await prepareDatabase({ cacheFolder, texts: known, chunkCount, embedder });
  ends.push(() => postgres.end());

  const { tokenizer } = readModelFolder(modelDir);
  const encode = createTextEncoder(JSON.parse(await readFile(tokenizer, "utf8")));
  const questions = composeQuestions(asked, encode, 6_000, 1);
  const take = (count: number) => questions.splice(0, count);

  say("starting the server ...");
  const profile = given["cpu-profile"] && callerPath(given["cpu-profile"]);
  const start = () =>
    startServer({
      databaseUrl: postgres.url,
      modelDir,
      logFile: join(cacheFolder, "server.log"),
      nodeOptions: profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : [],
    });
  let server = await start();
  ends.push(() => server.stop());
  const readyMs = [server.readyMs];
  while (readyMs.length < starts) {
    await server.stop();
    server = await start();
    readyMs.push(server.readyMs);
  }
  const asker = createAsker(server.url);
  ends.push(() => asker.close());
  const raw = startRawRuns(modelDir);
  ends.push(() => raw.close());

  say("warming up ...");
  await raw.measure(take(warmUps));
  for (const question of take(warmUps)) await asker.ask(question);

  say("one question at a time ...");
  const before = await server.stages();
  const latency = await measureLatency(
    raw,
    asker.ask,
    Array.from({ length: blocks }, () => take(blockSize)),
  );
  const after = await server.stages();

  say(`${connections} connections ...`);
  const throughput = await measureThroughput({
    embed: (text) => embedder.embed([text]),
    ask: asker.ask,
    texts: questions,
    concurrency: connections,
    rounds,
    roundMs,
    readCpu: async () => ({
      own: await readCpuMs([process.pid]),
      server: await readCpuMs([server.pid]),
      PostgreSQL: await readCpuMs(await serverProcesses(postgres.url)),
    }),
  });
  const memory = await server.memory();
  printReport({
    chunkCount,
    readyMs,
    latency,
    stages: { before, after },
    throughput,
    memory,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  for (const end of ends.reverse()) await end();
}

/** Process ids of the database server: of its connections and of what it runs in the background. */
async function serverProcesses(url: string): Promise<number[]> {
  const database = openNodePostgres({ url, maxConnections: 1 });
  const rows = await database.rows(sql`select pid from pg_stat_activity where pid <> pg_backend_pid()`);
  await database.close();
  return rows.map(({ pid }) => Number(pid));
}
