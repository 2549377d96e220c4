import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "@support-it-agent/shared/database/database";
import { CliError } from "./cli-error.ts";
import type { DataSetParams } from "./params.ts";
import { dvcAdd } from "./processes/dvc-add.ts";
import { snapshot } from "./stages/snapshot/snapshot.ts";
import { snapshotRowsFileName } from "./stages/snapshot/snapshot-row.ts";

/**
 * Takes the snapshot of a data set of the company's own into data/<data set>/snapshot and has DVC track it. Where there is one
 * already it is the one before: what it held out stays held out. With neither a folder nor a database the one that is there is
 * used as it is; rejects with CliError where there is none.
 */
export async function takeSnapshot(options: {
  readonly root: string;
  readonly dataSet: string;
  readonly from: { readonly ticketsFolder?: string | undefined; readonly database?: Database | undefined };
  readonly params: DataSetParams;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}): Promise<void> {
  const { root, dataSet, from, params, env, signal, log } = options;
  const path = `data/${dataSet}/snapshot`;
  const outFolder = join(root, path);
  const exists = existsSync(join(outFolder, snapshotRowsFileName));
  if (from.ticketsFolder === undefined && from.database === undefined) {
    if (exists) return;
    throw new CliError(
      `There is no snapshot in ${path} yet. Take one of a folder of tickets (--from FOLDER) or of the database (--database); ` +
        `or, where a pointer ${path}.dvc is in git, fetch it: dvc pull ${path}.`,
    );
  }
  await snapshot({
    dataSet,
    ...from,
    previousFolder: exists ? outFolder : undefined,
    outFolder,
    params,
    log,
  });
  await dvcAdd({ root, path, env, signal });
}
