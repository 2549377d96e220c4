import { join } from "node:path";
import { renderDriftTable } from "../drift-report/render-drift-table.ts";
import { monitorWindows } from "../monitor/monitor-windows.ts";
import { readDriftParams } from "../monitor/read-drift-params.ts";
import { readHeldOut } from "../monitor/read-held-out.ts";
import { readParams } from "../params.ts";
import type { Serving } from "./find-serving.ts";
import { openServing } from "./open-serving.ts";
import type { StageContext } from "./stage-context.ts";

/** Assesses every complete new window of live traffic of the serving bundle, and stores a report of each. */
export async function monitorTraffic(
  context: StageContext,
  { bundleHash, dataSet }: { bundleHash: Serving["bundleHash"]; dataSet: string },
  signal: AbortSignal,
): Promise<void> {
  const { database, embedder, root, scratchDir, log } = context;
  const { bundle, snapshotFolder, isStarter } = await openServing(context, { bundleHash, dataSet, signal });
  const paramsFile = join(root, "params.yaml");
  const { seed } = await readParams(paramsFile, isStarter ? "starter" : dataSet);
  const result = await monitorWindows({
    database,
    bundle,
    params: await readDriftParams(paramsFile),
    seed,
    now: Date.now(),
    stores: true,
    readHeldOut: () => readHeldOut({ snapshotFolder, bundle, embedder, cacheFolder: scratchDir, seed }),
    signal,
  });
  if (result.outcome === "assessed") log.info(`\n${renderDriftTable(result.last.report)}`);
}
