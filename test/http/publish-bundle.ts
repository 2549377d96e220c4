import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { folderMd5 } from "../../trainer/src/publish/folder-md5.ts";

/** Puts a bundle's files into a DVC remote that is a folder, as `dvc push` does; resolves with the lines that name it in dvc.lock. */
export async function publishBundle(bundle: string, remote: string): Promise<string> {
  const store = async (md5: string, bytes: Uint8Array | string) => {
    const path = join(remote, "files/md5", md5.slice(0, 2), md5.slice(2));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  };
  const listed: string[] = [];
  let size = 0;
  const names = (await readdir(bundle)).sort();
  for (const name of names) {
    const bytes = await readFile(join(bundle, name));
    const md5 = createHash("md5").update(bytes).digest("hex");
    await store(md5, bytes);
    listed.push(`{"md5": "${md5}", "relpath": "${name}"}`);
    size += bytes.length;
  }
  const md5 = await folderMd5(bundle);
  await store(md5, `[${listed.join(", ")}]`);
  return [
    "  export-to-dvc@current:",
    "    cmd: python trainer/python/export_bundle.py",
    "    outs:",
    "    - path: models/current",
    "      hash: md5",
    `      md5: ${md5}`,
    `      size: ${size}`,
    `      nfiles: ${names.length}`,
    "",
  ].join("\n");
}
