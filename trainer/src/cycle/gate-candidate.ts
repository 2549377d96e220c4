import { join } from "node:path";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Database } from "@support-it-agent/shared/database/database";
import { newId } from "@support-it-agent/shared/new-id";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { GateReport } from "../gate/gate-report.ts";
import { renderGateTable } from "../gate/render-gate-table.ts";
import { runGate } from "../gate/run-gate.ts";
import { readParams } from "../params.ts";
import { runFilesOf } from "../tracking/run-files-of.ts";
import { factsOf } from "./cycle-facts.ts";
import type { StageResult } from "./run-cycle.ts";
import { ScratchLostError } from "./scratch-lost-error.ts";
import type { StageContext } from "./stage-context.ts";
import type { TrainingCycle } from "./training-cycle.ts";

/**
 * The stage "gate": both keys, on the candidate that "train" left in scratch space. A look at the holdout is written down with what came of it,
 * once for each bundle. Rejects with ScratchLostError where the candidate is no longer there.
 */
export async function gateCandidate(
  context: StageContext,
  cycle: TrainingCycle,
  signal: AbortSignal,
): Promise<StageResult> {
  const { database, scratchDir, log } = context;
  const { dataSet } = cycle;
  const { folder, servingFolder, bundleHash } = factsOf(cycle, "train");
  const files = runFilesOf(dataSet, folder);
  for (const [bundle, hash] of [
    [files.bundleFolder, bundleHash],
    [servingFolder, cycle.servingHash],
  ] as const) {
    const found = await loadBundle(readBundleFolder(bundle)).catch(() => null);
    if (found?.hash !== hash) throw new ScratchLostError(bundle);
  }

  const params = await readParams(files.paramsFile, dataSet);
  const build = join(folder, "build", dataSet);
  const earlier = await readEarlier(database, cycle);
  const report = await runGate({
    candidateFolder: files.bundleFolder,
    secondSeedFolder: join(build, "second-seed-bundle"),
    servingFolder,
    snapshotFolder: files.snapshotFolder,
    pythonPredictionsFile: join(build, "python-predictions.arrow"),
    baselineFile: join(build, "baseline.json"),
    modelFolder: join(build, "model"),
    goldenQuestionsFile: join(folder, params.gate.golden_questions),
    servingTrainedUntil: earlier.servingTrainedUntil,
    cacheFolder: join(scratchDir, "embeddings"),
    embedder: await context.openEmbedder(),
    params: params.gate,
    seed: params.seed,
    isPerformanceAlarm: cycle.trigger === "performance_alarm",
    isFirst: cycle.trigger === "first",
    earlierLooks: earlier.looks,
    quarantinedHashes: earlier.quarantined,
    log: log.info,
  });
  log.info(renderGateTable(report));
  signal.throwIfAborted();
  await recordLook(database, cycle, bundleHash, report);
  return report.passed
    ? { verdict: "next", reasonCode: "gate_passed", reason: report.reason, facts: report }
    : { verdict: "refused", reasonCode: "gate_refused", reason: report.reason, facts: report };
}

const earlierSchema = z.object({
  looks: z.int(),
  quarantined: z.array(z.string()),
  servingTrainedUntil: z.string().nullable(),
});

/** What the gates before this one left: how often the data set's holdout was looked at, and until when the serving model's tickets go. */
async function readEarlier(database: Database, { id, dataSet, servingHash }: TrainingCycle) {
  const [row] = await database.rows(
    sql`select jsonb_build_object(
        'looks', (select count(*) from holdout_looks look join training_cycles cycle on cycle.id = look.cycle_id
          where cycle.data_set = ${dataSet} and cycle.id <> ${id}::uuid),
        'quarantined', (select coalesce(jsonb_agg(bundle_hash), '[]') from quarantined_bundles),
        'servingTrainedUntil', (select facts->'gate'->>'trainedUntil' from training_cycles
          where facts->'train'->>'bundleHash' = ${servingHash} and facts->'gate' is not null
          order by started_at desc limit 1)) as earlier`,
    { isRead: true },
  );
  return earlierSchema.parse(row?.earlier);
}

async function recordLook(database: Database, cycle: TrainingCycle, bundleHash: string, report: GateReport) {
  if (report.holdoutHash === null) return;
  await database.rows(
    sql`insert into holdout_looks (id, holdout_hash, bundle_hash, cycle_id, passed)
      select ${newId()}::uuid, ${report.holdoutHash}, ${bundleHash}, ${cycle.id}::uuid, ${report.passed}
      where not exists (select from holdout_looks where cycle_id = ${cycle.id}::uuid and bundle_hash = ${bundleHash})`,
    { isRead: true },
  );
}
