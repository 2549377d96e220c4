import { mkdir } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { drizzle } from "drizzle-orm/pglite";
import { createDatabase, type Database } from "../../database/database.ts";
import { freeBytes as freeBytesOfDisk } from "./free-bytes.ts";
import { type DataDirectoryLock, lockDataDirectory } from "./lock-data-directory.ts";
import { openDataFolder } from "./open-data-folder.ts";

/** The embedded database: `announce` tells other commands where this process serves. */
export type EmbeddedDatabase = Database & { readonly announce: DataDirectoryLock["announce"] };

export type PgliteOptions = {
  /** Free bytes of the disk that holds a folder; the operating system's word by default. */
  readonly freeBytes?: (folder: string) => Promise<number>;
};

/**
 * Opens the embedded PostgreSQL (PGlite with pgvector) in `directory`, which is made where it is absent, or in memory
 * without one. It is one connection, runs in this process and queues: there is nothing to give up at a deadline. Where the disk is too full to open it,
 * it is opened later (open-data-folder.ts). Throws DataDirectoryLockedError where another process has it open.
 */
export async function openPglite(
  directory?: string,
  { freeBytes = freeBytesOfDisk }: PgliteOptions = {},
): Promise<EmbeddedDatabase> {
  if (!directory) {
    const memory = await PGlite.create({ extensions: { vector } });
    const instance = drizzle(memory);
    const database = createDatabase(
      "pglite",
      async (work) => work(instance),
      () => memory.close(),
    );
    return { ...database, announce: async () => {} };
  }
  await mkdir(directory, { recursive: true });
  const lock = await lockDataDirectory(directory);
  try {
    const folder = await openDataFolder(directory, freeBytes);
    const close = async () => {
      await folder.close();
      await lock.release();
    };
    return { ...createDatabase("pglite", folder.session, close), announce: lock.announce };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
