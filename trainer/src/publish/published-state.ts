import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { z } from "zod";
import type { GitPlace } from "../git/git-place.ts";
import { listTree } from "../git/list-tree.ts";
import { readFileAt } from "../git/read-file-at.ts";
import { isStageOf, lockedMd5 } from "./lock-sections.ts";
import { publishedPaths } from "./published-paths.ts";

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

/** Reads what a commit has published. Throws where its dvc.lock is none. */
export async function publishedState(
  place: GitPlace,
  commit: string,
  dataSet: string,
): Promise<PublishedState> {
  const paths = publishedPaths(dataSet);
  const lock = await readFileAt(place, commit, paths.lock);
  const files = await listTree(place, commit, paths.own);
  const bundleMd5 = lockedMd5(lock, paths.bundle);
  const metrics =
    bundleMd5 && files.has(paths.metrics) ? await readFileAt(place, commit, paths.metrics) : null;
  const bundle = metrics === null ? null : (metricsSchema.safeParse(jsonOf(metrics)).data?.bundle ?? null);
  const all: Record<string, unknown> = (lock === null ? null : parse(lock).stages) ?? {};
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
