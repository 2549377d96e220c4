import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Removes the locks that a git or DVC which was killed left in a clone. To be called only by the one who owns it, while nothing runs in it. (DVC's own lock names a process by its number;
 * in a new pod another process has that number.)
 */
export async function clearStaleLocks(root: string): Promise<void> {
  const found = await readdir(join(root, ".git"), { recursive: true });
  const locks = found.filter((path) => path.endsWith(".lock") && !path.startsWith("objects/"));
  for (const path of locks) await rm(join(root, ".git", path), { force: true });
  for (const name of ["rwlock", "rwlock.lock", "lock"])
    await rm(join(root, ".dvc/tmp", name), { force: true });
}
