import { isUtf8 } from "node:buffer";
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join, posix, relative, sep } from "node:path";
import { mediaTypeByEnding } from "./media-type-by-ending.ts";

/** A file or folder that cannot be read: its path below the folder, and why. */
export type RefusedFile = { readonly file: string; readonly reason: string };

export type FolderListing = {
  /** Paths below the folder, with slashes, sorted: files with a known ending, each once. */
  readonly files: readonly string[];
  readonly refused: readonly RefusedFile[];
  /** How many files have which other ending; "" is none. */
  readonly passedOver: Readonly<Record<string, number>>;
};

/**
 * The documents of a folder and the folders in it. Hidden ones are left out. A symbolic link is followed to what lies in the folder
 * and was not found without it: a mounted ConfigMap is links into a hidden folder. Throws where the folder itself cannot be read.
 */
export async function listDocumentsIn(folder: string): Promise<FolderListing> {
  const root = await realpath(folder);
  const files: string[] = [];
  const refused: RefusedFile[] = [];
  const passedOver: Record<string, number> = {};
  const links: string[] = [];
  const seen = new Set<string>();

  const addFile = (path: string, real: string) => {
    const ending = extname(path).toLowerCase();
    if (seen.has(real)) return;
    seen.add(real);
    if (ending in mediaTypeByEnding) files.push(path);
    else passedOver[ending] = (passedOver[ending] ?? 0) + 1;
  };

  const addFolder = async (path: string, real: string): Promise<void> => {
    if (seen.has(real)) return;
    seen.add(real);
    const entries = await readdir(real, { withFileTypes: true, encoding: "buffer" }).catch((error) => {
      if (path === "") throw error;
      refused.push({ file: path, reason: `The folder cannot be read (${codeOf(error)}).` });
      return [];
    });
    for (const entry of entries) {
      const { name, isText } = nameOf(entry);
      const below = posix.join(path, name);
      if (name.startsWith(".")) continue;
      if (!isText && (!entry.isFile() || extname(name).toLowerCase() in mediaTypeByEnding))
        refused.push({ file: below, reason: "Its name is no UTF-8 text. Rename it." });
      else if (entry.isSymbolicLink()) links.push(below);
      else if (entry.isDirectory()) await addFolder(below, join(real, name));
      else if (entry.isFile()) addFile(below, join(real, name));
    }
  };

  const addLink = async (path: string) => {
    const isDocument = extname(path).toLowerCase() in mediaTypeByEnding;
    try {
      const real = await realpath(join(root, path));
      const found = await stat(real);
      if (isOutside(root, real) && (found.isDirectory() || isDocument))
        refused.push({ file: path, reason: "It is a link that leads out of the folder." });
      else if (found.isDirectory()) await addFolder(path, real);
      else if (found.isFile()) addFile(path, real);
    } catch (error) {
      refused.push({ file: path, reason: `It is a link that leads nowhere (${codeOf(error)}).` });
    }
  };

  await addFolder("", root);
  // What stands there without a link has its own name, so links come last; a folder behind one may hold further ones.
  for (const link of links.sort()) await addLink(link);
  return { files: files.sort(), refused, passedOver };
}

/** A name that is no UTF-8 is shown as Latin-1, which it mostly is. */
function nameOf(entry: Dirent<NonSharedBuffer>) {
  const isText = isUtf8(entry.name);
  return { name: entry.name.toString(isText ? "utf8" : "latin1"), isText };
}

const isOutside = (root: string, real: string) => relative(root, real).split(sep)[0] === "..";

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "unknown";
