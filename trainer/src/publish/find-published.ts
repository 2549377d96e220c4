import type { GitPlace } from "../git/git-place.ts";
import { type ListedCommit, listCommits } from "../git/list-commits.ts";

/** Names of the trailers of a commit that publishes or reverts. */
export const trailerNames = {
  cycle: "Training-Cycle",
  version: "Model-Version",
  hash: "Bundle-Hash",
  reverts: "Reverts-Model",
  revertsHash: "Reverts-Bundle-Hash",
} as const;

/** The commit by which a cycle published its model, where the line of `tip` has it; null otherwise. */
export async function findPublished(
  place: GitPlace,
  tip: string,
  cycleId: string,
): Promise<ListedCommit | null> {
  const found = await listCommits(place, tip, { containing: `${trailerNames.cycle}: ${cycleId}` });
  return (
    found.find(({ trailers }) => trailers[trailerNames.cycle] === cycleId && trailers[trailerNames.hash]) ??
    null
  );
}
