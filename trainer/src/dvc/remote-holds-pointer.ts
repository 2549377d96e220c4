import { askRemote, type RemoteHoldings } from "./ask-remote.ts";
import type { DvcPlace } from "./dvc-place.ts";

/**
 * What the remote of a repository holds of a folder that DVC names `md5`, whatever pointers the repository has now; `path` is what the folder is called in messages. Nothing is
 * changed. Rejects as remoteHolds does.
 */
export function remoteHoldsPointer(
  place: Omit<DvcPlace, "targets">,
  pointer: { readonly path: string; readonly md5: string },
): Promise<RemoteHoldings> {
  return askRemote({ ...place, targets: [] }, { mend: false, folder: pointer });
}
