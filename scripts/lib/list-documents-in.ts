import { isUtf8 } from "node:buffer";
import { readdir } from "node:fs/promises";
import { extname, join, posix } from "node:path";
import { mediaTypeByEnding } from "./media-type-by-ending.ts";

/** A file or folder that cannot be read: its path below the folder, and why. */
export type RefusedFile = { readonly file: string; readonly reason: string };

export type FolderListing = {
  /** Paths below the folder, with slashes, sorted: files with a known ending. */
  readonly files: readonly string[];
  readonly refused: readonly RefusedFile[];
};

/** The documents of a folder and the folders in it. Hidden ones are left out. Throws where the folder itself cannot be read. */
export async function listDocumentsIn(folder: string): Promise<FolderListing> {
  const files: string[] = [];
  const refused: RefusedFile[] = [];
  const folders = [""];
  for (const parent of folders) {
    const entries = await readdir(join(folder, parent), { withFileTypes: true, encoding: "buffer" }).catch(
      (error: NodeJS.ErrnoException) => {
        if (parent === "") throw error;
        refused.push({ file: parent, reason: `The folder cannot be read (${error.code}).` });
        return [];
      },
    );
    for (const entry of entries) {
      const bytes = Buffer.from(entry.name);
      const isText = isUtf8(bytes);
      const path = posix.join(parent, bytes.toString(isText ? "utf8" : "latin1"));
      const isDocument = entry.isFile() && extname(path).toLowerCase() in mediaTypeByEnding;
      if (bytes.toString("latin1", 0, 1) === "." || !(entry.isDirectory() || isDocument)) continue;
      if (!isText) refused.push({ file: path, reason: "Its name is no UTF-8 text. Rename it." });
      else if (isDocument) files.push(path);
      else folders.push(path);
    }
  }
  return { files: files.sort(), refused };
}
