import { CliError } from "../cli-error.ts";
import type { DvcPlace } from "./dvc-place.ts";
import { remoteHolds } from "./remote-holds.ts";
import { runOnTargets } from "./run-on-targets.ts";

/**
 * Fetches the targets as their committed pointers name them and puts them into the work tree. Rejects with CliError where there is no remote, it
 * does not answer, or it lacks an object: the message says which then, and the work tree's files of other targets are untouched.
 */
export async function pull(place: DvcPlace): Promise<void> {
  const exitCode = await runOnTargets("pull", place);
  if (exitCode === 0) return;
  // Asked only now: this says whether there is a remote at all, and what it lacks.
  const { missing, url } = await remoteHolds(place);
  const lack = missing.map(({ path, md5 }) => path || md5).join(", ");
  throw new CliError(
    `dvc pull ended with ${exitCode}: ${lack ? `${url} lacks ${lack}. Push it from a machine that has it, or go back to a commit whose data is there.` : "the lines above say why. Run it again."}`,
  );
}
