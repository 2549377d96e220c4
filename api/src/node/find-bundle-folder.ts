import { access } from "node:fs/promises";
import { join } from "node:path";

/**
 * The folder of the model bundle: the one that is named, else models/current where a trained one was fetched, else the starter
 * bundle that comes with the repository.
 */
export async function findBundleFolder(named: string | undefined, repositoryRoot: string): Promise<string> {
  if (named) return named;
  const current = join(repositoryRoot, "models/current");
  const hasManifest = await access(join(current, "manifest.json")).then(
    () => true,
    () => false,
  );
  return hasManifest ? current : join(repositoryRoot, "models/starter");
}
