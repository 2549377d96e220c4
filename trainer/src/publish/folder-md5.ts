import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** The name that DVC gives the content of a folder: MD5 of its list of files, as Python's json writes it, with the ending ".dir". */
export async function folderMd5(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  const listed: string[] = [];
  for (const path of paths) {
    const md5 = createHash("md5")
      .update(await readFile(join(folder, path)))
      .digest("hex");
    listed.push(`{"md5": "${md5}", "relpath": ${asciiJson(path)}}`);
  }
  return `${createHash("md5")
    .update(`[${listed.join(", ")}]`)
    .digest("hex")}.dir`;
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
