import type { Database } from "@support-it-agent/shared/database/database";
import { judgeWatch } from "./judge-watch.ts";
import { readLiveWork } from "./read-live-work.ts";
import type { WatchParams } from "./read-watch-params.ts";
import type { WatchReport } from "./watch-report.ts";

export type WatchOptions = {
  readonly database: Database;
  /** Versions as prediction_logs has them. */
  readonly newVersion: string;
  readonly oldVersion: string;
  /** When the new model began to serve (ISO 8601), as model_deployments has it. */
  readonly since: string;
  readonly params: WatchParams;
};

/**
 * One look at a new model's live work beside the old one's own window before it: override rate, hand-off rate, errors in blind labels, estimated
 * macro-F1. Nothing is written, and no look knows of another; call it as often as you like (compare-figure.ts says why). Throws
 * DatabaseUnavailableError.
 */
export async function watchServing(options: WatchOptions): Promise<WatchReport> {
  const { database, newVersion, oldVersion, since, params } = options;
  const work = await readLiveWork(database, {
    newVersion,
    oldVersion,
    since,
    referenceDays: params.reference_days,
    labelAgeHours: params.label_age_hours,
  });
  return judgeWatch(work, params);
}
