import { setTimeout } from "node:timers/promises";
import { CliError } from "../cli-error.ts";
import { commitFiles, type FileContent } from "../git/commit-files.ts";
import { fetchTip } from "../git/fetch-tip.ts";
import type { GitPlace } from "../git/git-place.ts";
import { pushCommit } from "../git/push-commit.ts";

/** What shall be on the branch, seen from the commit it is at now: a commit on top, or nothing. */
export type Composed<Stop> =
  | { readonly files: ReadonlyMap<string, FileContent>; readonly message: string }
  | { readonly stop: Stop };

export type PushedOnto<Stop> =
  | { readonly outcome: "pushed"; readonly commit: string }
  /** The branch holds all of it already. */
  | { readonly outcome: "unchanged"; readonly commit: string }
  | { readonly outcome: "refused"; readonly said: string }
  | { readonly outcome: "stopped"; readonly stop: Stop };

export type RetryOptions = { readonly attempts: number; readonly waitMs: number };

const usual: RetryOptions = { attempts: 6, waitMs: 500 };

/**
 * Fetches the branch, has `compose` say what shall change on top of it, commits that and pushes; where somebody else was first, or the connection broke, all of it again, from the fetch on,
 * after a wait that grows and is drawn at random. `compose` sees every new tip, and is the place to find that an earlier push did arrive. Rejects
 * with CliError where it did not come to an end.
 */
export async function pushOntoTip<Stop>(
  place: GitPlace,
  compose: (tip: string) => Promise<Composed<Stop>>,
  { attempts, waitMs }: RetryOptions = usual,
): Promise<PushedOnto<Stop>> {
  let said = "";
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0)
      await setTimeout(
        waitMs * 2 ** (attempt - 1) * (0.5 + Math.random()),
        undefined,
        place.signal ? { signal: place.signal } : {},
      );
    const tip = await fetchTip(place);
    const composed = await compose(tip);
    if ("stop" in composed) return { outcome: "stopped", stop: composed.stop };
    const commit = await commitFiles(place, { parent: tip, ...composed });
    if (commit === null) return { outcome: "unchanged", commit: tip };
    const result = await pushCommit(place, commit);
    if (result.outcome === "pushed") return { outcome: "pushed", commit };
    if (result.outcome === "refused") return { outcome: "refused", said: result.said };
    said = result.said;
  }
  throw new CliError(
    `Nothing could be pushed to ${place.branch} of ${place.remote} in ${attempts} tries; the last one: ${said}. No pointer was published, and what serves ` +
      "is unchanged. Look at the network and at who else pushes, then run this again: it goes on where it was.",
  );
}
