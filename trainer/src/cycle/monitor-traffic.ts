import { join } from "node:path";
import { readClock } from "../database/read-clock.ts";
import { renderDriftTable } from "../drift-report/render-drift-table.ts";
import { monitorWindows } from "../monitor/monitor-windows.ts";
import { readDriftParams } from "../monitor/read-drift-params.ts";
import { readHeldOut } from "../monitor/read-held-out.ts";
import { readParams } from "../params.ts";
import type { UndecidedReport } from "./find-undecided-report.ts";
import { openServing } from "./open-serving.ts";
import type { StageContext } from "./stage-context.ts";

/**
 * Assesses every complete new window of live traffic of the serving bundle, and stores a report of each (or, without `stores`, only looks). Resolves with the newest
 * of them; null where there was no new window.
 */
export async function monitorTraffic(
  context: StageContext,
  { bundleHash, dataSet, stores = true }: { bundleHash: string; dataSet: string; stores?: boolean },
  signal: AbortSignal,
): Promise<UndecidedReport | null> {
  const { database, openEmbedder, root, scratchDir, log } = context;
  const serving = await openServing(context, { bundleHash, dataSet, signal });
  const { bundle, isStarter } = serving;
  const paramsFile = join(root, "params.yaml");
  const { seed } = await readParams(paramsFile, isStarter ? "starter" : dataSet);
  const result = await monitorWindows({
    database,
    bundle,
    params: await readDriftParams(paramsFile),
    seed,
    now: await readClock(database),
    stores,
    readHeldOut: async () =>
      readHeldOut({
        snapshotFolder: await serving.findSnapshot(),
        bundle,
        embedder: await openEmbedder(),
        cacheFolder: scratchDir,
        seed,
      }),
    signal,
  });
  if (result.outcome === "no_new_window") return null;
  const { reportId: id, report } = result.last;
  log.info(`\n${renderDriftTable(report)}`);
  return { id, assessment: report.assessment };
}
