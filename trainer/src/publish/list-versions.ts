import type { GitPlace } from "../git/git-place.ts";
import { type ListedCommit, listCommits } from "../git/list-commits.ts";
import { trailerNames } from "./find-published.ts";
import { LockUnreadableError } from "./lock-unreadable-error.ts";
import { publishedPaths } from "./published-paths.ts";
import { type PublishedState, publishedState } from "./published-state.ts";

/** How the starter's bundle is called among the versions: what serves where nothing is published. */
export const starterVersion = "starter";

/** A model that the branch has published for some time. */
export type PublishedVersion = {
  readonly version: string;
  /** Null for the starter, and where the metrics of that time do not say it. */
  readonly hash: string | null;
  /** The commit that brought it, and what it says. */
  readonly commit: ListedCommit;
  /** The version that this commit took back; null where it published. */
  readonly reverts: string | null;
  /** As of the last commit that had it. */
  readonly state: PublishedState;
};

/** Longer ago nobody goes back. */
const mostCommits = 500;

/** What the branch has published up to `tip`, newest first; the first is what it publishes now. None where history has no dvc.lock. */
export async function listVersions(
  place: GitPlace,
  tip: string,
  dataSet: string,
): Promise<PublishedVersion[]> {
  const { lock, own } = publishedPaths(dataSet);
  const commits = await listCommits(place, tip, { paths: [lock, ...own] });
  const versions: PublishedVersion[] = [];
  for (const commit of commits.slice(0, mostCommits)) {
    const state = await readState(place, commit.id, dataSet);
    if (state === null) continue;
    const newer = versions.at(-1);
    const reverts = commit.trailers[trailerNames.reverts] ?? null;
    const isSame = newer !== undefined && newer.state.bundleMd5 === state.bundleMd5;
    if (isSame) versions[versions.length - 1] = { ...newer, commit, reverts };
    else versions.push({ ...nameOf(state), commit, reverts, state });
  }
  return versions;
}

/** Null for a commit whose dvc.lock nobody could have used. */
async function readState(place: GitPlace, commit: string, dataSet: string): Promise<PublishedState | null> {
  try {
    return await publishedState(place, commit, dataSet);
  } catch (error) {
    if (error instanceof LockUnreadableError) return null;
    throw error;
  }
}

function nameOf({ bundleMd5, version, hash }: PublishedState): { version: string; hash: string | null } {
  if (bundleMd5 === null) return { version: starterVersion, hash: null };
  return { version: version ?? bundleMd5.slice(0, 12), hash };
}

/**
 * The version that had served before the current one was published: one that came back by a rollback counts as what it was then, and what was taken back is passed over. Null where
 * history has none. `isBarred` passes over others (a quarantine).
 */
export function versionBefore(
  versions: readonly PublishedVersion[],
  isBarred: (hash: string) => boolean = () => false,
): PublishedVersion | null {
  const line: PublishedVersion[] = [];
  for (const version of versions.toReversed()) {
    const at = line.findIndex(({ state }) => state.bundleMd5 === version.state.bundleMd5);
    if (at >= 0) line.length = at;
    line.push(version);
  }
  line.pop();
  return line.findLast(({ hash }) => hash === null || !isBarred(hash)) ?? null;
}
