// Starts a fresh Node for each run, as Lambda does for a new instance, and hands the handler three events of an API Gateway: one question, and
// two more. A PostgreSQL on loopback holds the starter's articles. Prints the median of each figure, and the range. docs/lambda.md has some.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { generateKey } from "../../api/src/auth/generate-key.ts";
import { createTestDatabase } from "../../test/database/create-test-database.ts";
import { gatewayEvent } from "../../test/http/lambda-events.ts";
import { parseCommand } from "../lib/parse-command.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = fileURLToPath(new URL("call-handler.ts", import.meta.url));
const { values } = parseCommand({
  usage: "Usage: ./scripts/bench-lambda [--runs 5] [--workers 1]",
  options: { runs: { type: "string", default: "5" }, workers: { type: "string", default: "1" } },
});

const answerSchema = z.object({ statusCode: z.literal(200), ms: z.number() });
const reportSchema = z.object({
  loadMs: z.number(),
  loadCpuMs: z.number(),
  answers: z.tuple([answerSchema, answerSchema, answerSchema]),
  maxRssBytes: z.number(),
});

const url = await createTestDatabase();
await promisify(execFile)(process.execPath, ["scripts/ingest.ts", `${root}/data/starter/articles`], {
  cwd: root,
  env: { ...process.env, DATABASE_URL: url },
});
const { key, hash } = await generateKey();
const env = {
  DATABASE_URL: url,
  FIRST_ADMIN_KEY_SHA256: hash,
  EMBEDDER_WORKERS: values.workers,
  LOG_LEVEL: "silent",
};
const questions = [
  "Mon VPN ne marche pas",
  "The printer is offline",
  "Comment réinitialiser mon mot de passe ?",
];
const events = questions.map((question) => {
  const event = gatewayEvent("POST", "/ask", JSON.stringify({ question }));
  return { ...event, headers: { ...event.headers, authorization: `Bearer ${key}` } };
});

const runs: z.infer<typeof reportSchema>[] = [];
for (let run = 0; run < Number(values.runs); run++) runs.push(await measure());
print("loading, models included", "ms", (run) => run.loadMs);
print("processor time of that, Node's own start included", "ms", (run) => run.loadCpuMs);
print("first answer after that", "ms", (run) => run.answers[0].ms);
print("cold start, both together", "ms", (run) => run.loadMs + run.answers[0].ms);
print("third answer", "ms", (run) => run.answers[2].ms);
print("highest resident memory", "MB", (run) => run.maxRssBytes / 1e6);
process.exit(0);

async function measure() {
  const child = spawn(process.execPath, [program, `${root}/build/lambda`], { cwd: "/", env });
  child.stdin.end(JSON.stringify(events));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (child.exitCode !== 0) throw new Error(`The handler failed:\n${stderr}`);
  return reportSchema.parse(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? ""));
}

function print(what: string, unit: string, read: (run: z.infer<typeof reportSchema>) => number): void {
  const sorted = runs.map(read).sort((a, b) => a - b);
  const [least = 0, median = 0, most = 0] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  console.log(`${what}: ${median.toFixed(0)} ${unit} (${least.toFixed(0)} to ${most.toFixed(0)})`);
}
