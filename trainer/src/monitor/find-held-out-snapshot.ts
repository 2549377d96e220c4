import { existsSync } from "node:fs";
import { join } from "node:path";
import { readParams } from "../params.ts";
import { snapshot } from "../stages/snapshot/snapshot.ts";
import { snapshotRowsFileName } from "../stages/snapshot/snapshot-row.ts";

/**
 * The folder of a snapshot whose held-out rows the serving model has not seen: that of its data set, else the starter's, which is taken into
 * `cacheFolder` where ./scripts/train has not left one (the same tickets and parameters give the same rows). Rejects with CliError.
 */
export async function findHeldOutSnapshot(options: {
  /** The repository: data/, params.yaml, build/. */
  readonly root: string;
  readonly dataSet: string;
  readonly cacheFolder: string;
  readonly log: (line: string) => void;
}): Promise<string> {
  const { root, dataSet, cacheFolder, log } = options;
  const isThere = (folder: string) => existsSync(join(folder, snapshotRowsFileName));
  const own = join(root, `data/${dataSet}/snapshot`);
  if (isThere(own)) return own;
  if (dataSet !== "starter") {
    log(`There is no snapshot in data/${dataSet}/snapshot: held-out rows of the starter are used.`);
  }
  const built = join(root, "build/starter/snapshot");
  if (isThere(built)) return built;
  const taken = join(cacheFolder, "drift/starter-snapshot");
  if (!isThere(taken)) {
    await snapshot({
      dataSet: "starter",
      ticketsFolder: join(root, "data/starter/tickets"),
      articlesFolder: join(root, "data/starter/articles"),
      outFolder: taken,
      params: await readParams(join(root, "params.yaml"), "starter"),
      log: () => {},
    });
  }
  return taken;
}
