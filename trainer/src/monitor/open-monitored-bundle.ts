import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Database } from "@support-it-agent/shared/database/database";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { CliError } from "../cli-error.ts";
import { findServing } from "../cycle/find-serving.ts";

export type MonitoredBundle = {
  readonly bundle: Bundle;
  readonly dataSet: string;
  /** Whether the API says that it serves it; also where no API has said anything yet. */
  readonly isServing: boolean;
};

/**
 * The bundle to look at: that of `dataSet` in models/, else the one of models/current and models/starter that the database says is served; where it says
 * nothing, the first that is there. Rejects with CliError where there is none, BundleError where it is damaged.
 */
export async function openMonitoredBundle(options: {
  readonly root: string;
  readonly database: Database;
  readonly dataSet?: string | undefined;
}): Promise<MonitoredBundle> {
  const { root, database, dataSet } = options;
  const served = await findServing(database);
  const names = (dataSet === undefined ? ["current", "starter"] : [dataSet]).filter((name) =>
    existsSync(join(root, "models", name, "manifest.json")),
  );
  const bundles = await Promise.all(
    names.map(async (name) => ({
      dataSet: name,
      bundle: await loadBundle(readBundleFolder(join(root, "models", name))),
    })),
  );
  const found = bundles
    .map((one) => ({ ...one, isServing: served === null || served.bundleHash === one.bundle.hash }))
    .find(({ isServing }) => isServing || dataSet !== undefined);
  if (found) return found;
  const wanted = served ? `bundle ${served.modelVersion}, which the API serves` : "a bundle";
  throw new CliError(
    `models/ does not hold ${wanted}: fetch it (dvc pull models/current), or name another with --data-set.`,
  );
}
