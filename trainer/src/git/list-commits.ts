import { askGit } from "./ask-git.ts";
import type { GitPlace } from "./git-place.ts";

export type ListedCommit = {
  readonly id: string;
  readonly parent: string | null;
  readonly author: string;
  /** ISO 8601, of the commit. */
  readonly at: string;
  readonly subject: string;
  /** The trailers of its message; of one that appears twice the last counts. */
  readonly trailers: Readonly<Record<string, string>>;
};

const [field, record] = ["\u001f", "\u001e"];

/** The commits of `tip`'s first-parent line, newest first: those that changed one of `paths`, or whose message has the line `containing`. */
export async function listCommits(
  place: GitPlace,
  tip: string,
  which: { readonly paths: readonly string[] } | { readonly containing: string },
): Promise<ListedCommit[]> {
  const format = ["%H", "%P", "%an", "%cI", "%s", "%(trailers:only,unfold)"].join("%x1f");
  const args = ["log", "--first-parent", `--format=${format}%x1e`];
  if ("containing" in which) args.push("--fixed-strings", `--grep=${which.containing}`);
  const paths = "paths" in which ? ["--", ...which.paths] : ["--"];
  const printed = await askGit(place, [...args, tip, ...paths]);
  return printed
    .split(record)
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map(parseEntry);
}

function parseEntry(entry: string): ListedCommit {
  const [id = "", parents = "", author = "", at = "", subject = "", trailers = ""] = entry.split(field);
  const pairs = trailers.split("\n").flatMap((line) => {
    const found = /^([A-Za-z-]+): (.*)$/.exec(line.trim());
    return found ? [[found[1], found[2]] as [string, string]] : [];
  });
  return {
    id,
    parent: parents.split(" ")[0] || null,
    author,
    at,
    subject,
    trailers: Object.fromEntries(pairs),
  };
}
