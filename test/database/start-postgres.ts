import { execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFile, chown, cp, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
// biome-ignore lint/style/noRestrictedImports: the harness asks the server itself, not through the code under test
import { Client } from "pg";
import { ensurePostgres } from "./ensure-postgres.ts";

const run = promisify(execFile);
const superviseScript = fileURLToPath(new URL("supervise-postgres.sh", import.meta.url));
const startTimeoutMs = 30_000;

export type PostgresServer = {
  /** Connection string of the database "postgres", password included. */
  readonly url: string;
  /** Connection string of another database of this server. */
  urlOf(database: string): string;
  /** Orderly shutdown. The data stay until the process ends, and `restart` brings the server back. */
  stop(): Promise<void>;
  /** Kills the server the hard way (SIGKILL), as a power cut of its machine would end its processes. */
  kill9(): Promise<void>;
  /** Starts the server again, on the same port and data; stops it first where it runs. */
  restart(): Promise<void>;
  /** Saves the data of a stopped server in a folder that is not there yet: `copyOf` of a later start. */
  saveTo(folder: string): Promise<void>;
  /** Stops the server and removes its data now, ahead of the end of the process. */
  end(): Promise<void>;
};

export type PostgresOptions = {
  /** Lines for postgresql.conf, for example { fsync: "on" }. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A folder of saveTo: the server begins with a copy of these data instead of an empty database. */
  readonly copyOf?: string;
};

/** Small and quick: what is written survives a SIGKILL of the server, not a power cut. A benchmark sets its own. */
const testSettings = {
  listen_addresses: "'127.0.0.1'",
  unix_socket_directories: "''",
  fsync: "off",
  full_page_writes: "off",
  shared_buffers: "'32MB'",
  max_wal_size: "'256MB'",
  autovacuum_naptime: "'10min'",
};

/**
 * Starts a real PostgreSQL server with pgvector on a free port of 127.0.0.1, with an empty database, in well under a second
 * once it is installed. It ends with this process, however that ends, and leaves nothing behind.
 */
export async function startPostgres({
  settings = {},
  copyOf,
}: PostgresOptions = {}): Promise<PostgresServer> {
  const account = serverAccount();
  const { folder: installation, programs } = await ensurePostgres();
  const folder = await mkdtemp(join(tmpdir(), "test-postgres-"));
  if (account) await chown(folder, account.uid, account.gid);
  const port = await freePort();
  const supervisor = await spawnSupervisor([folder, String(port)], account);
  const restart = async () => {
    await supervisor.command("stop");
    await startUntilReady(supervisor, urlOf("postgres"), join(folder, "log"));
  };
  const password = copyOf
    ? await readFile(join(copyOf, "password"), "utf8")
    : randomBytes(12).toString("hex");
  const urlOf = (database: string) => `postgres://support:${password}@127.0.0.1:${port}/${database}`;
  try {
    const bin = await readablePrograms(installation, programs, folder, account);
    if (copyOf) await copyCluster(join(copyOf, "data"), join(folder, "data"), account);
    else await createCluster({ bin, folder, password, account });
    const lines = Object.entries({ ...testSettings, ...settings }).map(
      ([name, value]) => `${name} = ${value}\n`,
    );
    await appendFile(join(folder, "data", "postgresql.conf"), lines.join(""));
    await symlink(bin, join(folder, "bin"));
    await restart();
  } catch (error) {
    await supervisor.end();
    throw error;
  }
  return {
    url: urlOf("postgres"),
    urlOf,
    stop: () => supervisor.command("stop"),
    kill9: () => supervisor.command("kill9"),
    restart,
    saveTo: async (target) => {
      await cp(join(folder, "data"), join(target, "data"), { recursive: true });
      await writeFile(join(target, "password"), password, { mode: 0o600 });
    },
    end: supervisor.end,
  };
}

type Account = { readonly uid: number; readonly gid: number };

/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const idOf = (option: string) => Number(execFileSync("id", [option, "nobody"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

/** The folder of the programs, copied to where the account may read it if it may not (a clone under /root). */
async function readablePrograms(
  installation: string,
  programs: string,
  serverFolder: string,
  account: Account | null,
): Promise<string> {
  const bin = join(installation, programs);
  if (!account) return bin;
  try {
    await run(join(bin, "initdb"), ["--version"], { cwd: "/", ...account });
    return bin;
  } catch {
    const copy = join(serverFolder, "installation");
    await cp(installation, copy, { recursive: true });
    await run("chmod", ["-R", "a+rX", copy]);
    return join(copy, programs);
  }
}

type Cluster = {
  readonly bin: string;
  readonly folder: string;
  readonly password: string;
  readonly account: Account | null;
};

async function createCluster({ bin, folder, password, account }: Cluster): Promise<void> {
  const passwordFile = join(folder, "password");
  const data = join(folder, "data");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const login = ["-U", "support", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  await run(join(bin, "initdb"), ["-D", data, ...login, ...locale, "--no-sync", "--no-instructions"], {
    cwd: "/",
    env: { PATH: process.env.PATH, TZ: "UTC" },
    timeout: startTimeoutMs,
    ...account,
  });
}

async function copyCluster(from: string, to: string, account: Account | null): Promise<void> {
  await cp(from, to, { recursive: true });
  await run("chmod", ["-R", "u=rwX,go=", to]);
  if (account) await run("chown", ["-R", `${account.uid}:${account.gid}`, to]);
}

/** PostgreSQL takes no port 0. Between closing and starting the port could go to another: the start then fails by name. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}

type Supervisor = {
  command(name: "start" | "stop" | "kill9"): Promise<void>;
  /** Ends the supervisor and with it the server and its folder. */
  end(): Promise<void>;
};

/**
 * A shell that owns the server. It has a session of its own, so that Ctrl-C here does not reach it, and it ends the server
 * when our end of its standard input closes: at our exit, a crash or a SIGKILL alike.
 */
async function spawnSupervisor(args: readonly string[], account: Account | null): Promise<Supervisor> {
  const script = await readFile(superviseScript, "utf8");
  const shell = spawn("sh", ["-c", script, "supervise-postgres", ...args], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
    ...account,
  });
  const exited = once(shell, "exit");
  const answers = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  /** Only a command that is under way keeps this process from ending. */
  const whileWaiting = async <Result>(work: Promise<Result>): Promise<Result> => {
    for (const handle of [shell, shell.stdout]) ref(handle);
    return work.finally(() => {
      for (const handle of [shell, shell.stdin, shell.stdout]) unref(handle);
    });
  };
  return {
    command: async (name) => {
      shell.stdin.write(`${name}\n`);
      const answer = await whileWaiting(answers.next());
      if (answer.value !== `${name} done`) throw new Error(`the PostgreSQL supervisor ended during ${name}`);
    },
    end: async () => {
      shell.stdin.end();
      await whileWaiting(exited);
    },
  };
}

const ref = (handle: object) => "ref" in handle && typeof handle.ref === "function" && handle.ref();
const unref = (handle: object) => "unref" in handle && typeof handle.unref === "function" && handle.unref();

/**
 * Starts until the server accepts connections. After a SIGKILL of the server its orphaned children hold the data for a
 * moment and the start is refused: then it is tried again.
 */
async function startUntilReady(supervisor: Supervisor, url: string, logFile: string): Promise<void> {
  const giveUpAt = Date.now() + startTimeoutMs;
  let refusedSince = 0;
  await supervisor.command("start");
  for (;;) {
    const state = await connectionState(url);
    if (state === "ready") return;
    if (Date.now() > giveUpAt) {
      const log = await readFile(logFile, "utf8").catch(() => "(no log)");
      throw new Error(
        `PostgreSQL did not start within ${startTimeoutMs} ms. Its log ends:\n${log.slice(-2_000)}`,
      );
    }
    refusedSince = state === "refused" ? refusedSince || Date.now() : 0;
    if (refusedSince && Date.now() - refusedSince > 1_500) {
      await supervisor.command("kill9");
      await supervisor.command("start");
      refusedSince = 0;
    }
    await sleep(20);
  }
}

async function connectionState(url: string): Promise<"ready" | "refused" | "starting"> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return "ready";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "57P03" ? "starting" : "refused";
  } finally {
    await client.end().catch(() => {});
  }
}
