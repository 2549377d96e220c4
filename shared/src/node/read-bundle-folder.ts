import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReadBundleFile } from "../bundle/load-bundle.ts";

/** The `read` of loadBundle for a bundle that lies in `directory`. */
export function readBundleFolder(directory: string): ReadBundleFile {
  return (name) => readFile(join(directory, name));
}
