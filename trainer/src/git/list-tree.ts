import { askGit } from "./ask-git.ts";
import type { GitPlace } from "./git-place.ts";

/** The files below `paths` as a commit has them: path to git's hash of the content. */
export async function listTree(
  place: GitPlace,
  commit: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const printed = await askGit(place, ["ls-tree", "-r", "-z", commit, "--", ...paths]);
  const entries = printed.split("\0").flatMap((line) => {
    const found = /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(line);
    return found ? [[found[2], found[1]] as [string, string]] : [];
  });
  return new Map(entries);
}
