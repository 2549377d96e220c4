import { askRemote, type RemoteHoldings } from "./ask-remote.ts";
import type { DvcPlace } from "./dvc-place.ts";

/**
 * What the remote holds of the targets, asked object by object; nothing is changed. "Not all there" is an answer. Rejects with CliError where there is
 * no remote or it cannot be asked.
 */
export function remoteHolds(place: DvcPlace): Promise<RemoteHoldings> {
  return askRemote(place, { mend: false });
}
