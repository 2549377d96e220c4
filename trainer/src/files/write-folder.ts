import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Fills a folder so that it is there whole or not at all: `fill` writes to `<folder>.part`, which takes the folder's
 * name once it is done. A stage that is killed leaves the `.part`, and the next run clears it away.
 */
export async function writeFolder(folder: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${folder}.part`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  await fill(temporary);
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await rename(temporary, folder);
}
