import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { CliError } from "../cli-error.ts";
import { openTrainingDatabase } from "../database/open-training-database.ts";
import { readClock } from "../database/read-clock.ts";
import { formatDay } from "../drift-report/format-day.ts";
import { renderDriftTable } from "../drift-report/render-drift-table.ts";
import { writeFileWhole } from "../files/write-file-whole.ts";
import { findHeldOutSnapshot } from "../monitor/find-held-out-snapshot.ts";
import { monitorWindows } from "../monitor/monitor-windows.ts";
import { openMonitoredBundle } from "../monitor/open-monitored-bundle.ts";
import { readDriftParams } from "../monitor/read-drift-params.ts";
import { readHeldOut } from "../monitor/read-held-out.ts";
import { readNewestPage } from "../monitor/read-reports.ts";
import { readParams } from "../params.ts";

export const driftUsage = `  drift     [--data-set NAME] [--no-store] [--page FILE.html] [--json] [--params FILE]
            Assesses every complete new window of live traffic, stores a report of each and prints the last one's table; --json prints
            all of them to stdout. Without --data-set the bundle in models/ that the API serves. --no-store only looks.`;

export type MonitorCommandDeps = {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly openEmbedder: () => Promise<Embedder>;
  /** For people. */
  readonly log: (line: string) => void;
  /** For machines. */
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal;
};

/** `trainer drift`: looks at what is new, by hand. Rejects with CliError where it cannot. */
export async function driftCommand(args: readonly string[], deps: MonitorCommandDeps): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const { root, log, print, signal } = deps;
  const paramsFile = values.params ?? join(root, "params.yaml");
  const params = await readDriftParams(paramsFile);
  const database = await openTrainingDatabase(deps.env);
  try {
    const found = await openMonitoredBundle({ root, database, dataSet: values["data-set"] });
    const { bundle, dataSet, isServing } = found;
    const stores = !values["no-store"];
    if (stores && !isServing)
      throw new CliError(
        `models/${dataSet} (${bundle.manifest.version}) is not what the API serves, and its reports would be taken for that: add --no-store.`,
      );
    const { seed } = await readParams(join(root, "params.yaml"), dataSet);
    const result = await monitorWindows({
      database,
      bundle,
      params,
      seed,
      now: await readClock(database),
      stores,
      readHeldOut: createReadHeldOut(deps, found, seed),
      onWindow: ({ report: { assessment } }) =>
        log(`${describeSpan(assessment.window)}: ${assessment.diagnosis.replaceAll("_", " ")}`),
      signal,
    });
    if (result.outcome === "assessed") {
      const { windows, last } = result;
      log(`\n${renderDriftTable(last.report)}`);
      log(stores ? `Stored as ${last.reportId}.` : "Nothing was stored.");
      if (values.json)
        print(JSON.stringify(windows.map(({ reportId, report }) => ({ id: reportId, ...report }))));
      if (values.page) await writeFileWhole(values.page, last.page);
      return;
    }
    log(describeNothingNew(result.since, bundle.manifest.version, params.windows));
    if (values.json) print("[]");
    if (values.page) await writeNewestPage(values.page, await readNewestPage(database, bundle.hash));
  } finally {
    await database.close();
  }
}

/** The held-out rows of the bundle's data set; the embedder is opened for them alone. */
export function createReadHeldOut(
  { root, env, openEmbedder, log }: Pick<MonitorCommandDeps, "root" | "env" | "openEmbedder" | "log">,
  { bundle, dataSet }: Pick<Awaited<ReturnType<typeof openMonitoredBundle>>, "bundle" | "dataSet">,
  seed: number,
) {
  return async () => {
    // An image's root cannot be written: there it is the cycles' scratch folder.
    const cacheFolder = env.SCRATCH_DIR ? resolve(root, env.SCRATCH_DIR) : join(root, ".cache");
    const snapshotFolder = await findHeldOutSnapshot({ root, dataSet, cacheFolder, log });
    const embedder = await openEmbedder();
    return readHeldOut({ snapshotFolder, bundle, embedder, cacheFolder, seed }).finally(() =>
      embedder.close(),
    );
  };
}

async function writeNewestPage(file: string, page: string | null): Promise<void> {
  if (page === null) throw new CliError(`No report was stored yet, so ${file} is not written.`);
  await writeFileWhole(file, page);
}

function describeNothingNew(
  since: number | null,
  version: string,
  { days, maxRows }: { readonly days: number; readonly maxRows: number },
): string {
  if (since === null) return `Model ${version} has predicted nothing yet: there is no window to look at.`;
  return `No complete new window since ${new Date(since).toISOString()}: one ends after ${days} days or ${maxRows} rows.`;
}

function describeSpan({ start, end }: { readonly start: number; readonly end: number }): string {
  return `${formatDay(start)} to ${formatDay(end)}`;
}

const options = {
  "data-set": { type: "string" },
  "no-store": { type: "boolean", default: false },
  page: { type: "string" },
  json: { type: "boolean", default: false },
  params: { type: "string" },
} as const;
