import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { BackupError } from "./backup-error.ts";
import { libpqEnvironment } from "./libpq-environment.ts";

/** PostgreSQL's own programs, led to one database. */
export type PostgresPrograms = {
  /** Where the database is, for people; without a password. */
  readonly place: string;
  readonly start: (program: "pg_dump" | "pg_restore" | "psql", args: readonly string[]) => RunningProgram;
};

export type RunningProgram = {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Rejects with BackupError (1), with what the program said, where it did not end with 0. */
  readonly ended: Promise<void>;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The programs of this machine (in PATH, or in the folder PG_BIN), on the database of DATABASE_URL. */
export function localPrograms(env: Environment): PostgresPrograms {
  if (!env.DATABASE_URL) {
    throw new BackupError(
      2,
      "Set DATABASE_URL, or give --kubernetes for the PostgreSQL of infra/k3s/components/postgres.",
    );
  }
  const own = libpqEnvironment(env.DATABASE_URL);
  const folder = env.PG_BIN ? `${env.PG_BIN}/` : "";
  const childEnv = { PATH: env.PATH, HOME: env.HOME, LC_ALL: "C", ...own };
  return {
    place: `${own.PGDATABASE} on ${own.PGHOST}:${own.PGPORT}`,
    start: (program, args) => start(folder + program, args, childEnv, program),
  };
}

/** The programs in the pod of components/postgres, which have its version; nothing but kubectl is needed here, and no password. */
export function podPrograms(env: Environment, namespace: string): PostgresPrograms {
  const account = ["PGUSER=support_it_agent", "PGDATABASE=support_it_agent", "LC_ALL=C"];
  const into = [
    `--namespace=${namespace}`,
    "exec",
    "--stdin",
    "statefulset/postgres",
    "--container=postgres",
    "--",
  ];
  return {
    place: `support_it_agent in statefulset/postgres, namespace ${namespace}`,
    start: (program, args) =>
      start(env.KUBECTL || "kubectl", [...into, "env", ...account, program, ...args], env, program),
  };
}

function start(file: string, args: readonly string[], env: Environment, program: string): RunningProgram {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(file, args, {
    env: { ...env },
    stdio: "pipe",
  });
  // A program that ends before it has read everything says why by its exit code.
  child.stdin.on("error", () => {});
  const said = text(child.stderr);
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(
        new BackupError(
          1,
          `${file} could not be started: is it installed, and in PATH? PG_BIN names the folder of pg_dump.`,
          { cause },
        ),
      ),
    );
    child.once("close", async (code, signal) => {
      if (code === 0) return resolve();
      reject(
        new BackupError(1, `${program} ended with ${code ?? signal}: ${(await said).trim().slice(-2_000)}`),
      );
    });
  });
  // Whoever started it waits for it; a failure that comes first is not unhandled until then.
  ended.catch(() => {});
  return { stdin: child.stdin, stdout: child.stdout, ended };
}
