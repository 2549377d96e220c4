import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { drizzle } from "drizzle-orm/pglite";
import { createDatabase, type Database, type Session } from "../../database/database.ts";
import { type DataDirectoryLock, lockDataDirectory } from "./lock-data-directory.ts";

/** The embedded database: `announce` tells other commands where this process serves. */
export type EmbeddedDatabase = Database & { readonly announce: DataDirectoryLock["announce"] };

/**
 * Opens the embedded PostgreSQL (PGlite with pgvector) in `directory`, which is made where it is absent, or in memory
 * without one. Throws DataDirectoryLockedError where another process has it open.
 */
export async function openPglite(directory?: string): Promise<EmbeddedDatabase> {
  if (!directory) {
    const memory = await PGlite.create({ extensions: { vector } });
    const database = createDatabase("pglite", oneSession(memory), () => memory.close());
    return { ...database, announce: async () => {} };
  }
  await mkdir(directory, { recursive: true });
  const lock = await lockDataDirectory(directory);
  try {
    const pglite = await openDataFolder(directory);
    const close = async () => {
      await pglite.close();
      await lock.release();
    };
    return { ...createDatabase("pglite", oneSession(pglite), close), announce: lock.announce };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openDataFolder(directory: string): Promise<PGlite> {
  const dataDir = join(directory, "pgdata");
  try {
    return await PGlite.create({ dataDir, extensions: { vector } });
  } catch (error) {
    const made = await readFile(join(dataDir, "PG_VERSION"), "utf8").catch(() => "an unknown version");
    throw new Error(
      `the embedded database in ${directory} cannot be opened. It was made by PostgreSQL ${made.trim()}, and its files can be ` +
        "read by the version that wrote them alone: move the folder away to begin with an empty one, or set DATABASE_URL.",
      { cause: error },
    );
  }
}

/** PGlite is one connection, runs in this process and queues: there is nothing to give up at a deadline. */
function oneSession(pglite: PGlite): Session {
  const instance = drizzle(pglite);
  return async (work) => work(instance);
}
