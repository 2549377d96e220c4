import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { openTrainingDatabase } from "../database/open-training-database.ts";
import { renderReplayTable } from "../drift-report/render-replay-table.ts";
import { openMonitoredBundle } from "../monitor/open-monitored-bundle.ts";
import { readDriftParams } from "../monitor/read-drift-params.ts";
import { replayLogs } from "../monitor/replay-logs.ts";
import { readParams } from "../params.ts";
import { createReadHeldOut, type MonitorCommandDeps } from "./drift.ts";

export const replayUsage = `  replay    [--since DATE] [--until DATE] [--params FILE] [--data-set NAME] [--json]
            What \`drift\` would have said of the stored predictions of a model, one line a window, with the thresholds of another file where
            one is given. Only reads. DATE is a day (2026-11-22) or a time (2026-11-22T08:00:00Z).`;

/** `trainer replay`: months of stored logs through the monitor, with no side effect. Rejects with CliError where it cannot. */
export async function replayCommand(args: readonly string[], deps: MonitorCommandDeps): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const { root, env, log, print, signal } = deps;
  const params = await readDriftParams(values.params ?? join(root, "params.yaml"));
  const since = values.since === undefined ? undefined : parseDate("--since", values.since);
  const until = values.until === undefined ? Date.now() : parseDate("--until", values.until);
  const database = await openTrainingDatabase(env);
  try {
    const found = await openMonitoredBundle({ root, database, dataSet: values["data-set"] });
    const { bundle, dataSet } = found;
    const { seed } = await readParams(join(root, "params.yaml"), dataSet);
    log(`Predictions of model ${bundle.manifest.version} (models/${dataSet}):`);
    const assessments = await replayLogs({
      database,
      bundle,
      params,
      seed,
      since,
      until,
      readHeldOut: createReadHeldOut(deps, found, seed),
      onWindow: values.json ? (assessment) => print(JSON.stringify(assessment)) : undefined,
      signal,
    });
    log(renderReplayTable(assessments));
  } finally {
    await database.close();
  }
}

const dateSchema = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).transform(Date.parse);

function parseDate(option: string, text: string): number {
  const parsed = dateSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new CliError(`${option} ${text} is no date: give a day such as 2026-11-22, or 2026-11-22T08:00:00Z.`);
}

const options = {
  since: { type: "string" },
  until: { type: "string" },
  params: { type: "string" },
  "data-set": { type: "string" },
  json: { type: "boolean", default: false },
} as const;
