import { join } from "node:path";
import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { quarantineReason } from "../publish/quarantine.ts";
import { readWatchParams } from "../watch/read-watch-params.ts";
import { watchServing } from "../watch/watch-serving.ts";
import { factsOf } from "./cycle-facts.ts";
import type { StageResult } from "./run-cycle.ts";
import type { StageContext } from "./stage-context.ts";
import { takeModelBack } from "./take-model-back.ts";
import { nameChampion } from "./track-model.ts";
import type { TrainingCycle } from "./training-cycle.ts";

/**
 * The stage "watch": one look at the new model's live figures beside the old one's. It stays, or is taken back, or the next run looks again. Where
 * something else serves by now there is nothing to watch any more: it was taken back where its hash is barred, by a person or by a run that did not live to
 * say so; else somebody shipped another one.
 */
export async function watchModel(
  context: StageContext,
  cycle: TrainingCycle,
  signal: AbortSignal,
): Promise<StageResult> {
  const { database, root } = context;
  const { bundleHash, bundleVersion } = factsOf(cycle, "train");
  const { servedSince } = factsOf(cycle, "confirm");
  const { servingHash, oldVersion } = await readVersions(database, cycle.servingHash);
  if (servingHash !== bundleHash) {
    const barred = await quarantineReason(database, bundleHash);
    if (barred !== null) {
      const reason = `Model ${bundleVersion} does not serve any more: ${barred}`;
      return takeModelBack(
        context,
        cycle,
        { reasonCode: "rolled_back", reason, facts: { servingHash } },
        signal,
      );
    }
    const reason = `Model ${bundleVersion} does not serve any more: somebody shipped another one.`;
    return { verdict: "abandoned", reasonCode: "overtaken", reason, facts: { servingHash } };
  }
  const params = await readWatchParams(join(root, "params.yaml"));
  const report = await watchServing({
    database,
    newVersion: bundleVersion,
    oldVersion: oldVersion ?? "",
    since: servedSince,
    params,
  });
  const { verdict, reason } = report;
  if (verdict === "watching") return { verdict: "wait", reasonCode: "watching", reason, facts: report };
  if (verdict === "breach")
    return takeModelBack(context, cycle, { reasonCode: "rolled_back", reason, facts: report }, signal);
  const champion = await nameChampion(context, cycle.dataSet, bundleVersion, signal);
  return { verdict: "next", reasonCode: "kept", reason, facts: { ...report, champion } };
}

const versionsSchema = z.object({ servingHash: z.string().nullable(), oldVersion: z.string().nullable() });

/** What serves now, and how the bundle that served before is called. */
async function readVersions(database: Database, oldHash: string) {
  const [row] = await database.rows(
    sql`select jsonb_build_object(
        'servingHash', (select bundle_hash from model_deployments where serving),
        'oldVersion', (select model_version from model_deployments where bundle_hash = ${oldHash}
          order by started_at desc limit 1)) as versions`,
    { isRead: true },
  );
  return versionsSchema.parse(row?.versions);
}
