import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GitPlace } from "../git/git-place.ts";
import { listTree } from "../git/list-tree.ts";

/** The pipeline and all code that its stages run. Parameters and data are not among it: those come from the clone. */
const pipelinePaths = [
  "dvc.yaml",
  "package-lock.json",
  "shared/package.json",
  "shared/src",
  "trainer/package.json",
  "trainer/python",
  "trainer/src",
] as const;

/** Tests and what they read, and files that no stage opens: an image need not hold them. */
const leftOut =
  /\.test\.ts$|\.fixture\.mjs$|(^|\/)(fixtures|node_modules|__pycache__)\/|^trainer\/python\/requirements(-test)?\.in$|^trainer\/python\/requirements-test\.lock$/;

/**
 * The files of the pipeline whose content differs between a folder (the running image; it need be no repository) and a commit, sorted; none where
 * both are one pipeline.
 */
export async function differingPipelineFiles(
  imageRoot: string,
  place: GitPlace,
  commit: string,
): Promise<string[]> {
  const theirs = await listTree(place, commit, pipelinePaths);
  const here = new Set((await Promise.all(pipelinePaths.map((path) => filesBelow(imageRoot, path)))).flat());
  const wanted = [...new Set([...theirs.keys(), ...here])].filter((path) => !leftOut.test(path)).sort();
  const differing: string[] = [];
  for (const path of wanted) {
    const hash = theirs.get(path);
    const isSame =
      hash !== undefined && here.has(path) && (await gitHash(join(imageRoot, path), hash)) === hash;
    if (!isSame) differing.push(path);
  }
  return differing;
}

/** Paths of the files in a folder, or the path itself where it is a file; none where there is neither. */
async function filesBelow(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOTDIR") return null;
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  if (entries === null) return [path];
  const inner = entries
    .filter(({ name }) => name !== "node_modules" && name !== "__pycache__")
    .map((entry) =>
      entry.isDirectory() ? filesBelow(root, `${path}/${entry.name}`) : [`${path}/${entry.name}`],
    );
  return (await Promise.all(inner)).flat();
}

/** The name that git gives the content of a file, by the kind of hash that `like` is. */
async function gitHash(path: string, like: string): Promise<string> {
  const content = await readFile(path);
  const hash = createHash(like.length === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${content.byteLength}\0`).update(content).digest("hex");
}
