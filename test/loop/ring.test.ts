// The whole ring, with everything around it real: PostgreSQL with pgvector, an S3 server, an MLflow server, a bare git repository, a server that speaks
// GitHub's API, and the API in a process of its own, out of a checkout of that repository. A desk starts with the starter's model, trains its own, meets a
// topic that nobody had told the model of, and gets a better model without anybody's doing; then it goes back.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Database } from "../../shared/src/database/database.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { modelDir } from "../http/create-real-app.ts";
import { runCommand } from "../http/run-command.ts";
import { killServerProcesses } from "../http/start-server-process.ts";
import { pythonEnv } from "../training/python-env.ts";
import { startMlflow } from "../training/start-mlflow.ts";
import type { RunningProgram } from "../training/start-program.ts";
import { type RunningS3, startS3 } from "../training/start-s3.ts";
import { type Company, foundCompany } from "./found-company.ts";
import { type DeskTicket, readDeskTickets } from "./read-desk-tickets.ts";
import { type RunningGithub, startGithub } from "./start-github.ts";

vi.setConfig({ testTimeout: 1_200_000, hookTimeout: 600_000 });

const weekMs = 7 * 86_400_000;

let company: Company;
let database: Database;
let s3: RunningS3;
let mlflow: RunningProgram;
let github: RunningGithub;
let env: Record<string, string>;
let desk: Awaited<ReturnType<typeof readDeskTickets>>;

beforeAll(async () => {
  const python = await pythonEnv();
  company = await foundCompany((params) => {
    params.current.tune = { ...params.current.tune, trials: 1, time_budget_s: 30 };
    params.current.snapshot.recent = { share: 0.08, min_rows: 100 };
  });
  const url = await createTestDatabase();
  database = openNodePostgres({ url });
  s3 = await startS3(python, company.folder);
  mlflow = await startMlflow(python, company.folder);
  github = await startGithub();
  env = {
    ...python,
    ...s3.credentials,
    MODEL_DIR: modelDir,
    DATABASE_URL: url,
    GIT_REMOTE_URL: company.origin,
    DVC_REMOTE_URL: "s3://bucket/models",
    AWS_ENDPOINT_URL: s3.url,
    MLFLOW_TRACKING_URI: mlflow.url,
    SCRATCH_DIR: join(company.folder, "scratch"),
    GITHUB_REPOSITORY: "example/desk",
    GITHUB_TOKEN: "token-that-is-in-no-file",
    GITHUB_API_URL: github.url,
  };
  await mkdir(env.SCRATCH_DIR!);
  desk = await readDeskTickets();
});

afterAll(async () => {
  killServerProcesses();
  await database?.close();
  await Promise.all([s3?.stop(), mlflow?.stop(), github?.stop()]);
  await company?.close();
});

/** `trainer cycle`, as the CronJob runs it. */
async function cycle(...args: string[]) {
  const ran = await runCommand("trainer/src/cli.ts", ["cycle", ...args], env);
  const summary = ran.stdout ? JSON.parse(ran.stdout) : null;
  const reasons: string[] = summary?.decisions.map(({ reasonCode }: { reasonCode: string }) => reasonCode) ?? [];
  return { ...ran, summary, reasons };
}

/** Tickets that the desk's tool has closed, with their last queue, spread evenly over the time. */
async function closeTickets(tickets: readonly DeskTicket[], from: number, to: number): Promise<void> {
  const rows = tickets.map((ticket, at) => ({
    ...ticket,
    at: new Date(from + ((to - from) * at) / tickets.length).toISOString(),
  }));
  await database.rows(
    sql`insert into tickets (id, source, external_id, subject, body, queue, urgency, language, occurred_at)
      select gen_random_uuid(), 'desk', id, subject, body, queue, urgency, language, at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(id text, subject text, body text, queue text, urgency text, language text, at timestamptz)`,
    { deadlineMs: 60_000 },
  );
}

test("a desk trains its first model, meets a topic that is new, gets a better model by itself, and goes back", async () => {
  const now = Date.now();
  await closeTickets(shuffled(desk.usual), now - 40 * weekMs, now - 9 * weekMs);
  await database.rows(sql`insert into model_deployments (id, bundle_hash, model_version, serving)
    values (gen_random_uuid(), '5a9aa5a1d4f10bb1c6c3cb9f5b2d7a6b', 'x', true)`);
  const first = await cycle("--first");
  expect(first.reasons, first.stderr).toEqual(["training_begun", "trained", "gate_passed", "published"]);
});

/** In an order that has nothing to do with the files', and is the same every time. */
function shuffled<Item extends { id: string }>(items: readonly Item[]): Item[] {
  const key = (id: string) => [...id].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
  return [...items].sort((a, b) => key(a.id) - key(b.id));
}
