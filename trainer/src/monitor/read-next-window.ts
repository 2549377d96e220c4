import type { Database } from "@support-it-agent/shared/database/database";
import { cutWindows, type DriftWindow, type WindowOptions } from "../drift/windows/cut-windows.ts";
import { type LogSource, readLoggedRows } from "./read-logged-rows.ts";

/**
 * A row bears the time at which its statement began, and can be seen when it is committed. What is younger than this is not read
 * yet, so that no row comes into a window that was assessed already.
 */
const settleMs = 60_000;

const dayMs = 86_400_000;

/** The first complete window from `start` on, or null where there is none at `now`. Throws DatabaseUnavailableError. */
export async function readNextWindow(
  database: Database,
  source: LogSource,
  start: number,
  now: number,
  options: WindowOptions,
): Promise<DriftWindow | null> {
  const settled = now - settleMs;
  const until = Math.min(settled, start + options.days * dayMs);
  if (until <= start) return null;
  const rows = await readLoggedRows(database, source, { from: start, until, atLeast: options.maxRows });
  return cutWindows(rows, start, settled, options)[0] ?? null;
}
