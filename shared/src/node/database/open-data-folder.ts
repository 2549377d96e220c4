import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { DrizzleQueryError } from "drizzle-orm/errors";
import { drizzle } from "drizzle-orm/pglite";
import type { Drizzle, Session } from "../../database/database.ts";
import { DatabaseUnavailableError } from "../../database/database-unavailable-error.ts";
import { guardPglite } from "./guard-pglite.ts";

/** The files of an embedded database, open. */
export type DataFolder = { readonly session: Session; readonly close: () => Promise<void> };

const mebibyte = 1024 * 1024;

/**
 * Two segments of PostgreSQL's log, which grows by 16 MB at a time: with less, the next statement may find no room for one, and that ends the
 * instance.
 */
const leastToWrite = 32 * mebibyte;

/** To open takes a segment more: what it finds in the log, it writes to the tables. */
const leastToOpen = 48 * mebibyte;

const lookEveryMs = 1_000;

/** An instance that ended is not opened again more often: it takes a second, in which nothing else runs. */
const reopenEveryMs = 5_000;

type Instance = { readonly pglite: PGlite; readonly drizzle: Drizzle };

/**
 * Opens the embedded database in `directory`/pgdata. While its disk is nearly full (`freeBytes`), writes fail with
 * DatabaseUnavailableError, which names folder and space. An instance that could not write its log is given up, and another one is opened on
 * the same files by a later call, once there is room: what was told of as written is there, as after a crash. Where there is no
 * room from the start, the first call that finds some opens it. Rejects where the files cannot be read.
 */
export async function openDataFolder(
  directory: string,
  freeBytes: (folder: string) => Promise<number>,
): Promise<DataFolder> {
  const room = createRoom(directory, freeBytes);
  let triedAtMs = performance.now();
  let isGone = false;
  let current: Promise<Instance>;

  const open = async (): Promise<Instance> => {
    await room.demand(leastToOpen, "to be opened");
    const pglite = await openFiles(directory);
    guardPglite(pglite, {
      admit: async (isWrite) => {
        if (!(await room.has(leastToWrite)) && isWrite()) await room.demand(leastToWrite, "to write");
      },
      onFatal: (error) => {
        const gone = new DatabaseUnavailableError(
          `the embedded database in ${directory} ended (${error.message}); it is opened again once its disk has ${leastToOpen / mebibyte} MB free`,
          null,
        );
        giveUp(gone);
        // Its files are closed without a word from it: anything that it did now would loop.
        void pglite.fs?.closeFs().catch(() => {});
        return gone;
      },
    });
    return { pglite, drizzle: drizzle(pglite) };
  };
  /** Every call fails with `reason` until the next try. */
  const giveUp = (reason: DatabaseUnavailableError) => {
    triedAtMs = performance.now();
    current = Promise.reject(reason);
    current.catch(() => {});
    isGone = true;
  };
  const reopen = () => {
    isGone = false;
    current = open().catch((error: unknown) => {
      const reason = asUnavailable(error);
      giveUp(reason);
      throw reason;
    });
  };

  current = open();
  try {
    await current;
  } catch (error) {
    if (!(error instanceof DatabaseUnavailableError)) throw error;
    giveUp(error);
  }
  return {
    session: async (work) => {
      if (isGone && performance.now() - triedAtMs >= reopenEveryMs) reopen();
      try {
        return await work((await current).drizzle);
      } catch (error) {
        throw innerUnavailable(error);
      }
    },
    close: async () => {
      const instance = await current.catch(() => undefined);
      if (!instance) return;
      // Its last words are a checkpoint, which takes room. Without them the next one begins as after a crash.
      if (await room.has(leastToWrite)) await instance.pglite.close();
      else await instance.pglite.fs?.closeFs();
    },
  };
}

async function openFiles(directory: string): Promise<PGlite> {
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

/** How much room the disk of a folder has; it is looked at once a second at most. */
function createRoom(directory: string, freeBytes: (folder: string) => Promise<number>) {
  let free = freeBytes(directory);
  let lookedAtMs = performance.now();
  const look = (): Promise<number> => {
    if (performance.now() - lookedAtMs >= lookEveryMs) {
      lookedAtMs = performance.now();
      free = freeBytes(directory);
    }
    return free;
  };
  return {
    has: async (leastBytes: number) => (await look()) >= leastBytes,
    demand: async (leastBytes: number, purpose: string): Promise<void> => {
      const leftBytes = await look();
      if (leftBytes >= leastBytes) return;
      throw new DatabaseUnavailableError(
        `the disk of ${directory} is nearly full: ${Math.floor(leftBytes / mebibyte)} MB are free, and the embedded database takes ` +
          `${leastBytes / mebibyte} MB ${purpose}`,
        null,
      );
    },
  };
}

function asUnavailable(error: unknown): DatabaseUnavailableError {
  if (error instanceof DatabaseUnavailableError) return error;
  return new DatabaseUnavailableError(error instanceof Error ? error.message : String(error), error);
}

/** Drizzle puts whatever a driver throws into an error of its own. */
const innerUnavailable = (error: unknown): unknown =>
  error instanceof DrizzleQueryError && error.cause instanceof DatabaseUnavailableError ? error.cause : error;
