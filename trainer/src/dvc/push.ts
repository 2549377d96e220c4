import { CliError } from "../cli-error.ts";
import { askRemote, type RemoteHoldings } from "./ask-remote.ts";
import type { DvcPlace } from "./dvc-place.ts";
import { remoteHolds } from "./remote-holds.ts";
import { runOnTargets } from "./run-on-targets.ts";

/**
 * Pushes the targets and asks the remote for every object of them afterwards: resolves only when it holds all, so that a pointer may be committed
 * then. Pushing again is harmless. Rejects with CliError where there is no remote (where `dvc push` itself warns and exits 0), it does not answer, or
 * an object is missing.
 */
export async function push(place: DvcPlace): Promise<RemoteHoldings> {
  const before = await remoteHolds(place);
  if (before.missing.length === 0) return before;
  const exitCode = await runOnTargets("push", place);
  if (place.isDryRun) return before;
  // dvc push asks for a folder's list alone: where that is there, it sends no file of the folder again, and exits with 0.
  const after = exitCode === 0 ? await askRemote(place, { mend: true }) : before;
  if (after.missing.length === 0) return after;
  const first = after.missing[0];
  throw new CliError(
    `The remote "${after.remote}" (${after.url}) does not hold ${after.missing.length} of ${after.checked} objects after dvc push, which ended with ` +
      `${exitCode}; for example ${first?.path || first?.md5} (${first?.why}). No pointer may be committed. Push again; where an object ` +
      `stays missing, its file is no longer in this machine's cache: run the pipeline that makes it.`,
  );
}
