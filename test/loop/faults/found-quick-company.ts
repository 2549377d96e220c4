import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { expect, vi } from "vitest";
import { z } from "zod";
import { loadBundle } from "../../../shared/src/bundle/load-bundle.ts";
import type { Database } from "../../../shared/src/database/database.ts";
import { newId } from "../../../shared/src/new-id.ts";
import { migrate } from "../../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../../shared/src/node/database/open-node-postgres.ts";
import { createWorkerEmbedder } from "../../../shared/src/node/embedder/create-worker-embedder.ts";
import { readBundleFolder } from "../../../shared/src/node/read-bundle-folder.ts";
import { prepareText } from "../../../shared/src/text/prepare-text.ts";
import { ticketText } from "../../../shared/src/text/ticket-text.ts";
import { runProcess } from "../../../trainer/src/processes/run-process.ts";
import { textFeatures } from "../../../trainer/src/stages/evaluate/text-features.ts";
import { openEmbeddingCache } from "../../../trainer/src/stages/featurize/embedding-cache.ts";
import { type PostgresServer, startPostgres } from "../../database/start-postgres.ts";
import { modelDir } from "../../http/create-real-app.ts";
import { pythonEnv, root } from "../../training/python-env.ts";
import { startMlflow } from "../../training/start-mlflow.ts";
import type { RunningProgram } from "../../training/start-program.ts";
import { type RunningS3, startS3 } from "../../training/start-s3.ts";
import { type Company, foundCompany } from "../found-company.ts";
import { type DeskTicket, readDeskTickets } from "../read-desk-tickets.ts";
import { type Kill, makeShims, type Shims } from "./make-shims.ts";
import { programsLeft } from "./programs-left.ts";

/** A company whose trainings take seconds, with all that is around a cycle: PostgreSQL, a storage of S3's interface, MLflow, git. */
export type QuickCompany = {
  readonly company: Company;
  readonly postgres: PostgresServer;
  readonly s3: RunningS3;
  readonly mlflow: RunningProgram;
  /** A desk with a database, a git remote, a storage and scratch space of its own; as new, or as another one is now. */
  openDesk(name: string, from?: Desk): Promise<Desk>;
  close(): Promise<void>;
};

/** A desk that runs cycles. */
export type Desk = {
  readonly name: string;
  readonly folder: string;
  /** The bare repository that the trainer pushes to. */
  readonly origin: string;
  readonly scratch: string;
  readonly shims: Shims;
  /** Prefix of its objects in the bucket. */
  readonly prefix: string;
  readonly database: Database;
  readonly databaseName: string;
  readonly s3: RunningS3;
  readonly mlflowUrl: string;
  /** The environment of a run; a test may change it. */
  readonly env: Record<string, string>;
  /** Starts `trainer cycle`, as the CronJob does. */
  start(options?: RunOptions): Promise<RunningCycle>;
  /** Runs one cycle to its end. */
  cycle(options?: RunOptions): Promise<CycleRun>;
  /** Waits until nothing runs any more of a trainer that was killed, and lets its lease run out: the next run comes hours later. */
  letTimePass(): Promise<void>;
  /** git in the remote; resolves with what it printed. */
  git(...args: string[]): Promise<string>;
  /** What its API says that it serves, and what it wrote down of that. */
  serve(model: { readonly hash: string; readonly version: string }): Promise<void>;
  decisions(): Promise<Decision[]>;
  trainings(): Promise<Training[]>;
  close(): Promise<void>;
  /** Closes it and removes what it has on this machine, its database too. */
  remove(): Promise<void>;
};

export type RunOptions = {
  readonly args?: readonly string[];
  readonly kill?: Kill;
  readonly timed?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node before the program. */
  readonly nodeArgs?: readonly string[];
  /** The largest file that the programs may write: what a full disk does to them. */
  readonly largestFileKiB?: number;
};

export type RunningCycle = { readonly pid: number; kill(): void; readonly ended: Promise<CycleRun> };

export type CycleRun = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  readonly reasons: readonly string[];
  readonly lease: string | null;
  /** Where the training is that it worked on. */
  readonly stage: string | null;
};

const decisionSchema = z.object({
  reasonCode: z.string(),
  reason: z.string(),
  cycleId: z.string().nullable(),
});
export type Decision = z.infer<typeof decisionSchema>;

const trainingSchema = z.object({
  id: z.string(),
  stage: z.string(),
  outcome: z.string().nullable(),
  attempts: z.int(),
  facts: z.record(z.string(), z.any()),
});
export type Training = z.infer<typeof trainingSchema>;

const summarySchema = z.object({
  lease: z.string(),
  decisions: z.array(z.object({ reasonCode: z.string() })),
  cycle: z.object({ stage: z.string() }).nullable(),
});

const dayMs = 86_400_000;
const perQueue = 60;
const outOfScopeFile = "data/out-of-scope.jsonl";

/** Founds the company and starts what is around it. */
export async function foundQuickCompany(): Promise<QuickCompany> {
  const python = await pythonEnv();
  const outOfScope = (await readFile(join(root, "data/starter/tickets/out-of-scope.jsonl"), "utf8"))
    .split("\n")
    .slice(0, perQueue)
    .join("\n");
  const pipeline = await readFile(fileURLToPath(new URL("quick-dvc.yaml", import.meta.url)), "utf8");
  const company = await foundCompany(
    (params) => {
      const { current, watch, cycle } = params;
      current.snapshot.min_rows_per_class = 10;
      current.snapshot.shares = { train: 0.5, calibration: 0.1, holdout: 0.4 };
      current.snapshot.recent.min_rows = 30;
      current.snapshot.out_of_scope = outOfScopeFile;
      delete current.snapshot.in_scope;
      Object.assign(current.gate, {
        holdout_min_rows: { queue: 60, urgency: 60 },
        python_min_rows: 200,
        draws: 200,
        // The tests' machine may be busy with others.
        latency_ms: { models: 10_000, whole: 60_000 },
      });
      Object.assign(watch, { min_hours: 0, min_predictions: 1, max_days: 1e-6 });
      Object.assign(watch.confirm, { poll_seconds: 0.1, answers: 1 });
      cycle.confirm_minutes = 0;
    },
    { "dvc.yaml": pipeline, [outOfScopeFile]: outOfScope },
  );
  const services = join(company.folder, "services");
  await mkdir(services);
  const postgres = await startPostgres();
  await execute(postgres.url, "create database migrated");
  const template = openNodePostgres({ url: postgres.urlOf("migrated") });
  await migrate(template);
  await template.close();
  const s3 = await startS3(python, services);
  const mlflow = await startMlflow(python, services);
  const tickets = await ticketsOfEveryQueue();
  await embedOnce(tickets, outOfScope, join(company.folder, "embeddings"));
  const desks: Desk[] = [];
  const around = { python, company, postgres, s3, mlflow, tickets };
  return {
    company,
    postgres,
    s3,
    mlflow,
    openDesk: async (name, from) => {
      const desk = await openDesk(around, name, from);
      desks.push(desk);
      return desk;
    },
    close: async () => {
      for (const desk of desks) await desk.close();
      await Promise.all([s3.stop(), mlflow.stop(), postgres.end()]);
      await company.close();
    },
  };
}

type Around = Pick<QuickCompany, "company" | "postgres" | "s3" | "mlflow"> & {
  readonly python: Record<string, string>;
  readonly tickets: readonly DeskTicket[];
};

async function openDesk(around: Around, name: string, from?: Desk): Promise<Desk> {
  const { python, company, postgres, s3, mlflow } = around;
  const folder = join(company.folder, "desks", name);
  const [origin, scratch] = [join(folder, "origin.git"), join(folder, "scratch")];
  await mkdir(scratch, { recursive: true });
  const databaseName = `desk_${name.toLowerCase().replaceAll(/\W/g, "_")}`;
  await copyFolder(from?.origin ?? company.origin, origin);
  if (from) await copyFolder(from.scratch, scratch);
  else await copyFolder(join(company.folder, "embeddings"), join(scratch, "embeddings"));
  await execute(
    postgres.url,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${from?.databaseName ?? "migrated"}'`,
  );
  await execute(postgres.url, `create database ${databaseName} template ${from?.databaseName ?? "migrated"}`);
  const url = postgres.urlOf(databaseName);
  const database = openNodePostgres({ url });
  if (from) {
    await database.rows(
      sql`update training_cycles set facts = replace(facts::text, ${from.folder}::text, ${folder}::text)::jsonb`,
    );
  }
  const shims = await makeShims(join(folder, "shims"), python.PATH ?? "");
  const api = await startDeskApi(database);
  const prefix = from && (await s3.keys(`${from.prefix}/`)).length > 0 ? from.prefix : `desk-${name}`;
  const env: Record<string, string> = {
    ...python,
    ...s3.credentials,
    PATH: `${shims.folder}:${python.PATH}`,
    MODEL_DIR: modelDir,
    DATABASE_URL: url,
    GIT_REMOTE_URL: origin,
    DVC_REMOTE_URL: `s3://bucket/${prefix}`,
    AWS_ENDPOINT_URL: s3.url,
    MLFLOW_TRACKING_URI: mlflow.url,
    SCRATCH_DIR: scratch,
    API_URL: api.url,
    NODE_COMPILE_CACHE: join(company.folder, "compiled"),
  };

  const start = async (options: RunOptions = {}): Promise<RunningCycle> => {
    await shims.reset(options);
    const trainer = [
      process.execPath,
      ...(options.nodeArgs ?? []),
      ...["trainer/src/cli.ts", "cycle", ...(options.args ?? ["--first"])],
    ];
    const [program = "", ...args] = trainer;
    const child = spawn(program, args, {
      cwd: company.image,
      env: { ...env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const pid = child.pid ?? 0;
    await shims.watch(pid);
    const exited = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.once("exit", (code, signal) => resolve([code, signal])),
    );
    const ended = (async () => {
      const [stdout, stderr, [code, signal]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        exited,
      ]);
      const line = stdout.trim();
      const summary = line ? summarySchema.parse(JSON.parse(line)) : null;
      const reasons = summary?.decisions.map(({ reasonCode }) => reasonCode) ?? [];
      return {
        code,
        signal,
        stderr,
        reasons,
        lease: summary?.lease ?? null,
        stage: summary?.cycle?.stage ?? null,
      };
    })();
    return { pid, kill: () => void child.kill("SIGKILL"), ended };
  };

  const desk: Desk = {
    name,
    folder,
    origin,
    scratch,
    shims,
    prefix,
    database,
    databaseName,
    s3,
    mlflowUrl: mlflow.url,
    env,
    start,
    cycle: async (options) => (await start(options)).ended,
    letTimePass: async () => {
      await vi.waitFor(async () => expect(await programsLeft(folder)).toEqual([]), {
        timeout: 60_000,
        interval: 200,
      });
      await database.rows(sql`update trainer_leases set expires_at = now()`);
    },
    git: async (...args) => {
      const gitEnv = { PATH: python.PATH ?? "", HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
      const place = { cwd: origin, env: gitEnv, timeoutMs: 120_000, output: "capture" } as const;
      const { exitCode, stdout } = await runProcess("git", args, place);
      if (exitCode !== 0) throw new Error(`git ${args.join(" ")} ended with ${exitCode}`);
      return stdout.trimEnd();
    },
    serve: async ({ hash, version }) => {
      api.serves = { bundle_hash: hash, model_version: version };
      await database.rows(
        sql`update model_deployments set serving = false, ended_at = now() where serving and bundle_hash <> ${hash}`,
      );
      await database.rows(
        sql`insert into model_deployments (id, bundle_hash, model_version, serving)
          select ${newId()}::uuid, ${hash}, ${version}, true
          where not exists (select from model_deployments where serving)`,
      );
    },
    decisions: async () => {
      const rows = await database.rows(
        sql`select jsonb_build_object('reasonCode', reason_code, 'reason', decision->>'reason', 'cycleId', decision->>'cycleId') as found
          from training_decisions order by created_at`,
      );
      return rows.map(({ found }) => decisionSchema.parse(found));
    },
    trainings: async () => {
      const rows = await database.rows(
        sql`select jsonb_build_object('id', id, 'stage', stage, 'outcome', outcome, 'attempts', attempts, 'facts', facts) as found
          from training_cycles order by started_at`,
      );
      return rows.map(({ found }) => trainingSchema.parse(found));
    },
    close: async () => {
      if (!api.isRunning()) return;
      await api.stop();
      await database.close();
    },
    remove: async () => {
      await desk.close();
      await execute(postgres.url, `drop database ${databaseName} with (force)`);
      await rm(folder, { recursive: true, force: true });
    },
  };
  const starter = await loadBundle(readBundleFolder(join(root, "models/starter")));
  if (from) api.serves = await servedIn(database);
  else {
    await desk.serve({ hash: starter.hash, version: starter.manifest.version });
    await closeTickets(database, around.tickets, name);
  }
  return desk;
}

/** Thousands of files, links as they are: by cp, which takes a fraction of what Node's does. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const place = {
    cwd: to,
    env: { PATH: process.env.PATH ?? "" },
    timeoutMs: 120_000,
    output: "capture",
  } as const;
  const { exitCode } = await runProcess("cp", ["-a", `${from}/.`, to], place);
  if (exitCode !== 0) throw new Error(`cp of ${from} ended with ${exitCode}`);
}

type Serves = { bundle_hash: string; model_version: string };

/** What a trainer asks of the API, on loopback, out of the desk's database. */
async function startDeskApi(database: Database) {
  const api = { serves: { bundle_hash: "", model_version: "" } as Serves };
  const server = createServer(async (request, response) => {
    const answer = (body: unknown) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (request.url === "/version") return answer(api.serves);
    const deployments = await database
      .rows(sql`select bundle_hash, model_version, serving, started_at from model_deployments where serving`)
      .catch(() => []);
    const iso = deployments.map((row) => ({
      ...row,
      started_at: new Date(String(row.started_at)).toISOString(),
    }));
    answer({ deployments: iso });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(api, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isRunning: () => server.listening,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}

async function servedIn(database: Database): Promise<Serves> {
  const [row] = await database.rows(
    sql`select bundle_hash, model_version from model_deployments where serving`,
  );
  return { bundle_hash: String(row?.bundle_hash), model_version: String(row?.model_version) };
}

/** Tickets of the starter, as many of each queue, in an order that has nothing to do with the files'. */
async function ticketsOfEveryQueue(): Promise<DeskTicket[]> {
  const { usual, topic } = await readDeskTickets();
  const counts = new Map<string, number>();
  const few = [...usual, ...topic].filter(({ queue }) => {
    counts.set(queue, (counts.get(queue) ?? 0) + 1);
    return (counts.get(queue) ?? 0) <= perQueue;
  });
  const key = ({ id }: DeskTicket) => createHash("sha256").update(id).digest("hex");
  return few.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Vectors of the texts that every desk has: it is not their making that is tried here. */
async function embedOnce(tickets: readonly DeskTicket[], outOfScope: string, folder: string): Promise<void> {
  const others = [
    ...outOfScope.split("\n"),
    ...(await readFile(join(root, "data/starter/golden-questions.jsonl"), "utf8")).split("\n"),
  ]
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const texts = [
    ...tickets.map(ticketText),
    ...others.map(({ question, subject, body }) => question ?? ticketText({ subject, body })),
  ].map((raw) => prepareText(raw).text);
  const embedder = await createWorkerEmbedder({ modelDir });
  try {
    const cache = await openEmbeddingCache(folder, embedder.maker);
    const earlier = join(root, ".cache/embeddings");
    const copy = `${folder}-earlier`;
    if (existsSync(earlier)) await cp(earlier, copy, { recursive: true });
    // Only these texts': every run of every desk reads the whole of it.
    const known = await openEmbeddingCache(copy, embedder.maker);
    for (const text of new Set(texts)) {
      const vector = known.get(text);
      if (vector) await cache.add([text], [vector]);
    }
    await rm(copy, { recursive: true });
    await textFeatures(texts, embedder, folder);
  } finally {
    await embedder.close();
  }
}

/** The tickets, closed over the last half year, and one of the desk's own: so that no two desks get the same bundle. */
async function closeTickets(database: Database, tickets: readonly DeskTicket[], name: string): Promise<void> {
  const [first] = tickets;
  const own = first && { ...first, id: `own-${name}`, subject: `Question of the desk ${name}` };
  const now = Date.now();
  const rows = [...tickets, ...(own ? [own] : [])].map((ticket, at) => ({
    ...ticket,
    at: new Date(now - 180 * dayMs + (170 * dayMs * at) / tickets.length).toISOString(),
  }));
  await database.rows(
    sql`insert into tickets (id, source, external_id, subject, body, queue, urgency, language, occurred_at)
      select gen_random_uuid(), 'desk', id, subject, body, queue, urgency, language, at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(id text, subject text, body text, queue text, urgency text, language text, at timestamptz)`,
    { deadlineMs: 60_000 },
  );
}

async function execute(url: string, statement: string): Promise<void> {
  const database = openNodePostgres({ url });
  await database.rows(sql.raw(statement));
  await database.close();
}
