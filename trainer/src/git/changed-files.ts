import { askGit } from "./ask-git.ts";
import type { GitPlace } from "./git-place.ts";

/** Files that git tracks and whose content in the work tree is not that of HEAD. */
export async function changedFiles(place: GitPlace): Promise<string[]> {
  const printed = await askGit(place, ["diff", "--name-only", "--no-renames", "-z", "HEAD", "--"]);
  return printed.split("\0").filter(Boolean);
}
