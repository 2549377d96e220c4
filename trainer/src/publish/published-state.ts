import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { z } from "zod";
import type { GitPlace } from "../git/git-place.ts";
import { listTree } from "../git/list-tree.ts";
import { readFileAt } from "../git/read-file-at.ts";
import { isStageOf, lockedMd5 } from "./lock-sections.ts";
import { LockUnreadableError } from "./lock-unreadable-error.ts";
import { type PublishedPaths, publishedPaths } from "./published-paths.ts";

/** What a commit has published for a data set. */
export type PublishedState = {
  readonly commit: string;
  /** DVC's name of the bundle's content; null where the commit has published no model: the starter serves. */
  readonly bundleMd5: string | null;
  readonly version: string | null;
  readonly hash: string | null;
  readonly lock: string | null;
  /** The data set's stages in dvc.lock, as data. */
  readonly stages: Readonly<Record<string, unknown>>;
  /** Path to git's hash of the content, of the files that are the data set's own. */
  readonly files: ReadonlyMap<string, string>;
};

const metricsSchema = z.looseObject({ bundle: z.looseObject({ version: z.string(), hash: z.string() }) });

/** Reads what a commit has published. Rejects with LockUnreadableError where its dvc.lock is none. */
export async function publishedState(
  place: GitPlace,
  commit: string,
  dataSet: string,
): Promise<PublishedState> {
  const paths = publishedPaths(dataSet);
  const { lock, bundleMd5, all } = await readLock(place, commit, paths);
  const files = await listTree(place, commit, paths.own);
  const metrics =
    bundleMd5 && files.has(paths.metrics) ? await readFileAt(place, commit, paths.metrics) : null;
  const bundle = metrics === null ? null : (metricsSchema.safeParse(jsonOf(metrics)).data?.bundle ?? null);
  const stages = Object.fromEntries(Object.entries(all).filter(([name]) => isStageOf(dataSet)(name)));
  return {
    commit,
    bundleMd5,
    version: bundle?.version ?? null,
    hash: bundle?.hash ?? null,
    lock,
    stages,
    files,
  };
}

async function readLock(place: GitPlace, commit: string, paths: PublishedPaths) {
  const lock = await readFileAt(place, commit, paths.lock);
  try {
    const all: Record<string, unknown> = (lock === null ? null : parse(lock).stages) ?? {};
    return { lock, bundleMd5: lockedMd5(lock, paths.bundle), all };
  } catch (cause) {
    throw new LockUnreadableError(place.branch, commit, cause);
  }
}

/** Whether two commits have published the same model, with the same metrics, card and snapshot. */
export function isSameState(one: PublishedState, other: PublishedState): boolean {
  return isDeepStrictEqual(one.stages, other.stages) && isDeepStrictEqual(one.files, other.files);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
