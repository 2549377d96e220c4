import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
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
  const ticketsFolder = join(root, "data/starter/tickets");
  const params = await readParams(join(root, "params.yaml"), "starter");
  const digest = await digestOf(ticketsFolder, JSON.stringify(params));
  const taken = join(cacheFolder, `drift/starter-snapshot-${digest}`);
  if (!isThere(taken)) {
    const articlesFolder = join(root, "data/starter/articles");
    await snapshot({
      dataSet: "starter",
      ticketsFolder,
      articlesFolder,
      outFolder: taken,
      params,
      log: () => {},
    });
  }
  return taken;
}

/** Another release has other tickets, of which other ones are held out. */
async function digestOf(folder: string, params: string): Promise<string> {
  const hash = createHash("sha256").update(params);
  for (const name of (await readdir(folder)).sort()) hash.update(await readFile(join(folder, name)));
  return hash.digest("hex").slice(0, 16);
}
