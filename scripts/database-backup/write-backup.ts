import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { BackupError } from "./backup-error.ts";
import type { PostgresPrograms } from "./postgres-programs.ts";

/** Owners and grants are the installation's own: a backup goes into whatever role restores it. */
const dumpArgs = [
  "--format=custom",
  "--no-owner",
  "--no-privileges",
  "--no-comments",
  "--no-subscriptions",
  "--no-publications",
];

export type Backup = { readonly file: string; readonly sha256: string; readonly bytes: number };

/**
 * One consistent state of the database in `file`, readable by its owner alone, and its checksum in `file`.sha256, as sha256sum reads it. The file
 * appears once it is whole and was read back to its end. Rejects with BackupError: 2 where it is there already, 1 where the dump broke off.
 */
export async function writeBackup(programs: PostgresPrograms, file: string): Promise<Backup> {
  if (await exists(file)) throw new BackupError(2, `${file} is there already: choose another name.`);
  const draft = `${file}.part`;
  try {
    const sha256 = await dumpTo(programs, draft);
    await readBack(programs, draft);
    await writeFile(`${file}.sha256`, `${sha256}  ${basename(file)}\n`, { mode: 0o600 });
    await rename(draft, file);
    return { file, sha256, bytes: (await stat(file)).size };
  } finally {
    await rm(draft, { force: true });
  }
}

async function dumpTo(programs: PostgresPrograms, draft: string): Promise<string> {
  const hash = createHash("sha256");
  const dump = programs.start("pg_dump", dumpArgs);
  dump.stdin.end();
  dump.stdout.on("data", (piece: Buffer) => hash.update(piece));
  await pipeline(dump.stdout, createWriteStream(draft, { flags: "w", mode: 0o600 }));
  await dump.ended;
  const written = await open(draft, "r+");
  await written.sync().finally(() => written.close());
  return hash.digest("hex");
}

/** All of it, unpacked and thrown away: a list of contents stands at its beginning and says nothing of the rest. */
async function readBack(programs: PostgresPrograms, draft: string): Promise<void> {
  const restore = programs.start("pg_restore", ["--file=/dev/null"]);
  restore.stdout.resume();
  await pipeline(createReadStream(draft), restore.stdin).catch(() => {});
  await restore.ended;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
