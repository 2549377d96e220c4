import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { RemoteHoldings } from "./ask-remote.ts";
import type { DvcPlace } from "./dvc-place.ts";
import { remoteHolds } from "./remote-holds.ts";

/**
 * What the remote of a repository holds of a folder that DVC names `md5`, whatever pointers the repository has now; `path` is what the folder is called in messages. The work tree is not touched. Rejects as
 * remoteHolds does.
 */
export async function remoteHoldsPointer(
  place: Omit<DvcPlace, "targets">,
  pointer: { readonly path: string; readonly md5: string },
): Promise<RemoteHoldings> {
  // A repository of its own, of nothing but the address and one pointer.
  const root = await mkdtemp(join(tmpdir(), "pointer-"));
  try {
    await mkdir(join(root, ".dvc"));
    const config = await readFile(join(place.root, ".dvc/config"), "utf8").catch(() => "");
    await writeFile(join(root, ".dvc/config"), withoutGit(config));
    await copyFile(join(place.root, ".dvc/config.local"), join(root, ".dvc/config.local")).catch(() => {});
    const file = join(root, `${pointer.path}.dvc`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `outs:\n- md5: ${pointer.md5}\n  hash: md5\n  path: ${basename(pointer.path)}\n`);
    return await remoteHolds({ ...place, root, targets: [`${pointer.path}.dvc`] });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** DVC's configuration, for a folder that is in no git. A section may stand in it once. */
function withoutGit(config: string): string {
  const setting = "[core]\n    no_scm = true\n";
  return /^\[core\]$/m.test(config) ? config.replace(/^\[core\]\n/m, setting) : `${config}\n${setting}`;
}
