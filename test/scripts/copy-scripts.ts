import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export type ScriptsCopy = { readonly root: string; readonly remove: () => Promise<void> };

/**
 * A folder, alone in another one, with the scripts of this checkout and the lock file, and links to what else of it is named. What a script does to it
 * does no harm.
 */
export async function copyScripts(linked: readonly string[] = []): Promise<ScriptsCopy> {
  const around = await realpath(await mkdtemp(join(tmpdir(), "scripts-")));
  const folder = join(around, "checkout");
  await mkdir(folder);
  for (const name of ["scripts", "package.json", "package-lock.json"])
    await cp(join(root, name), join(folder, name), { recursive: true });
  for (const name of linked) {
    if (name === "node_modules") await linkPackages(folder);
    else await symlink(join(root, name), join(folder, name));
  }
  return { root: folder, remove: () => rm(around, { recursive: true, force: true }) };
}

/** A folder of links, so that an install would remove those alone; and the stamp, so that there is none. */
async function linkPackages(folder: string): Promise<void> {
  const packages = join(folder, "node_modules");
  await mkdir(packages);
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name !== ".installed-lock") await symlink(join(root, "node_modules", name), join(packages, name));
  }
  const lock = await readFile(join(folder, "package-lock.json"));
  await writeFile(join(packages, ".installed-lock"), createHash("sha256").update(lock).digest("hex"));
}
