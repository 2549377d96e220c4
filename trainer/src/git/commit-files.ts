import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import { askGit } from "./ask-git.ts";
import type { GitPlace } from "./git-place.ts";

/** What a file shall be: this text, a content that git has already, or no longer there. */
export type FileContent = string | { readonly blob: string } | null;

/**
 * Makes a commit that is `parent` with the named files replaced, and resolves with its id; with null where they are all as they were. It is made in an index of
 * its own: neither branch, index nor work tree of the repository change, and nothing can come along that was not named. What it holds
 * is asked of git afterwards; rejects with CliError where that is anything else.
 */
export async function commitFiles(
  place: GitPlace,
  options: {
    readonly parent: string;
    readonly files: ReadonlyMap<string, FileContent>;
    readonly message: string;
  },
): Promise<string | null> {
  const { parent, files, message } = options;
  const folder = await mkdtemp(join(tmpdir(), "commit-"));
  try {
    const index = { GIT_INDEX_FILE: join(folder, "index") };
    await askGit(place, ["read-tree", parent], index);
    for (const [path, content] of files) await replace(place, index, join(folder, "content"), path, content);
    const tree = await askGit(place, ["write-tree"], index);
    if (tree === (await askGit(place, ["rev-parse", `${parent}^{tree}`]))) return null;
    await writeFile(join(folder, "message"), message);
    const sign = place.signs ? ["-S"] : [];
    const args = ["commit-tree", tree, "-p", parent, ...sign, "-F", join(folder, "message")];
    const commit = await askGit(place, args);
    await checkHolds(place, parent, commit, files);
    return commit;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function replace(
  place: GitPlace,
  index: { readonly GIT_INDEX_FILE: string },
  scratch: string,
  path: string,
  content: FileContent,
): Promise<void> {
  if (content === null) {
    await askGit(place, ["update-index", "--force-remove", "--", path], index);
    return;
  }
  const blob = typeof content === "string" ? await store(place, scratch, content) : content.blob;
  await askGit(place, ["update-index", "--add", "--cacheinfo", `100644,${blob},${path}`], index);
}

async function store(place: GitPlace, scratch: string, content: string): Promise<string> {
  await writeFile(scratch, content);
  return askGit(place, ["hash-object", "-w", "--no-filters", "--", scratch]);
}

async function checkHolds(
  place: GitPlace,
  parent: string,
  commit: string,
  files: ReadonlyMap<string, unknown>,
): Promise<void> {
  const changed = await askGit(place, ["diff", "--name-only", "--no-renames", parent, commit]);
  const others = changed.split("\n").filter((path) => path !== "" && !files.has(path));
  if (others.length === 0) return;
  throw new CliError(
    `The commit would also change ${others.join(", ")}: it is not pushed. Please report this.`,
  );
}
