import { askGit } from "./ask-git.ts";
import type { GitPlace } from "./git-place.ts";

/** The commit that the work tree is at. */
export function headCommit(place: GitPlace): Promise<string> {
  return askGit(place, ["rev-parse", "--verify", "HEAD^{commit}"]);
}
