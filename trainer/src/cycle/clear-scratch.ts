import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";

/** What a training has of its own: its clone, one half made, and the clones for one look or one revert. */
const ownFolder = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.(?:part|look|revert))?$/;

/**
 * Removes the clones of trainings that have ended from scratch space, those of a killed run too. The database says which have: one that it does not know, or that is under
 * way, keeps its clone, and so do copies of bundles and vectors, which later trainings use. Never rejects: what could not be removed is told, and tried again by the next
 * run.
 */
export async function clearScratch(options: {
  readonly database: Database;
  /** Absolute; nothing outside of it is touched. */
  readonly scratchDir: string;
  readonly log: (line: string) => void;
}): Promise<void> {
  const { database, scratchDir, log } = options;
  const tell = (error: unknown) =>
    log(
      `What ended trainings left in ${scratchDir} could not all be removed (${error instanceof Error ? error.message : error}). ` +
        "The next run tries again; see to it if the disk fills.",
    );
  try {
    const own = await listOwnFolders(scratchDir);
    const ended = await findEnded(
      database,
      own.map(({ id }) => id),
    );
    for (const { name } of own.filter(({ id }) => ended.has(id)))
      await rm(join(scratchDir, name), { recursive: true, force: true }).catch(tell);
  } catch (error) {
    tell(error);
  }
}

async function listOwnFolders(scratchDir: string): Promise<{ name: string; id: string }[]> {
  const entries = await readdir(scratchDir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries.flatMap((entry) => {
    const id = ownFolder.exec(entry.name)?.[1];
    return entry.isDirectory() && id ? [{ name: entry.name, id }] : [];
  });
}

async function findEnded(database: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await database.rows(
    sql`select id::text as id from training_cycles where ended_at is not null
      and id::text in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`,
    { isRead: true },
  );
  return new Set(rows.map((row) => z.object({ id: z.string() }).parse(row).id));
}
