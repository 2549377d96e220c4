import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";

const holderSchema = z.object({ pid: z.number().int(), url: z.url().optional() });

/** Who holds a data directory: its process, and, where it is a server, its address. */
export type Holder = z.infer<typeof holderSchema>;

export type DataDirectoryLock = {
  /** Tells later comers where the server that holds the directory can be reached. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
};

/** Another process has the data directory open. `holder` names it where it left word. */
export class DataDirectoryLockedError extends Error {
  override readonly name = "DataDirectoryLockedError";
  readonly holder: Holder | null;

  constructor(directory: string, holder: Holder | null) {
    const who = holder
      ? `process ${holder.pid}${holder.url ? ` (serving ${holder.url})` : ""}`
      : "another process";
    super(
      `${directory} is open in ${who}. The embedded database takes one process at a time: stop that one, ` +
        "send the work to its HTTP interface, or set DATABASE_URL to a PostgreSQL server.",
    );
    this.holder = holder;
  }
}

/**
 * Takes the data directory for this process. PGlite takes no lock itself, and two opens diverge silently. The lock is an
 * exclusive SQLite transaction on a file of its own: the operating system drops it when the process dies, however it
 * dies, so there is no stale lock to clean up and no process id to mistrust. Throws DataDirectoryLockedError.
 */
export async function lockDataDirectory(directory: string): Promise<DataDirectoryLock> {
  const holderFile = join(directory, "holder.json");
  const lock = new DatabaseSync(join(directory, "lock.sqlite"), { timeout: 0 });
  try {
    // Nothing is ever written: a journal on the disk would only need room there.
    lock.exec("pragma journal_mode = memory; begin exclusive");
  } catch (error) {
    lock.close();
    if (error instanceof Error && /locked/.test(error.message)) {
      throw new DataDirectoryLockedError(directory, await readHolder(holderFile));
    }
    throw error;
  }
  // It holds the lock all the same where the disk has no room for its name.
  const announce = (holder: Holder) =>
    writeFile(holderFile, JSON.stringify(holder)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOSPC") throw error;
    });
  await announce({ pid: process.pid });
  return {
    announce: (url) => announce({ pid: process.pid, url }),
    release: async () => {
      await rm(holderFile, { force: true });
      lock.close();
    },
  };
}

async function readHolder(file: string): Promise<Holder | null> {
  const text = await readFile(file, "utf8").catch(() => "null");
  try {
    return holderSchema.nullable().parse(JSON.parse(text));
  } catch {
    return null;
  }
}
