import { join } from "node:path";
import { readClock } from "../database/read-clock.ts";
import { fetchTip } from "../git/fetch-tip.ts";
import { findPublished } from "../publish/find-published.ts";
import { openBranchClone } from "../publish/open-branch-clone.ts";
import type { StageResult } from "./run-cycle.ts";
import type { StageContext } from "./stage-context.ts";
import type { TrainingCycle } from "./training-cycle.ts";

/**
 * What the stage "publish" came to that is about to be given up: where an attempt's push had arrived, its model goes on to be confirmed and watched, or else the
 * branch would publish what no training answers for. Null where the branch has no commit of it. Asks in a clone of its own, since the training's may be gone, or the reason that the
 * stage fails. Rejects with CliError where the remote does not answer: without its word nothing is given up.
 */
export async function findArrived(
  { config, database, scratchDir, env }: Pick<StageContext, "config" | "database" | "scratchDir" | "env">,
  { id, attempts }: TrainingCycle,
  signal: AbortSignal,
): Promise<StageResult | null> {
  await using clone = await openBranchClone({ config, folder: join(scratchDir, `${id}.look`), env, signal });
  const found = await findPublished(clone.git, await fetchTip(clone.git), id);
  if (found === null) return null;
  const at = new Date(await readClock(database)).toISOString();
  const reason =
    `The stage "publish" was begun ${attempts} times and never came to an end, and its commit ${found.id.slice(0, 12)} is on the branch ` +
    `"${config.git.branch}" all the same: the model is confirmed and watched as any other. See whether the deploy workflow runs for that commit.`;
  return { verdict: "next", reasonCode: "published", reason, facts: { commit: found.id, at } };
}
