import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleHash } from "../../shared/src/bundle/bundle-hash.ts";
import { type Manifest, manifestSchema } from "../../shared/src/bundle/manifest.ts";
import { starterBundle } from "./create-real-app.ts";

/**
 * Puts the starter bundle into `folder`, in place, as DVC does, with a manifest that `change` altered; resolves with its hash. The models are the same, so that
 * their names, thresholds and labels tell bundles apart.
 */
export async function putBundle(folder: string, change: (manifest: Manifest) => void): Promise<string> {
  const manifest = manifestSchema.parse(
    JSON.parse(await readFile(join(starterBundle, "manifest.json"), "utf8")),
  );
  change(manifest);
  await mkdir(folder, { recursive: true });
  await cp(starterBundle, folder, { recursive: true });
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  return bundleHash(manifest);
}

/** Alters everything by which an answer shows its bundle: the version, the queues' names, and whether every prediction abstains. */
export function renameAll(version: string, abstains: boolean): (manifest: Manifest) => void {
  return (manifest) => {
    const renamed = (queue: string) => `${queue} (${version})`;
    manifest.version = version;
    manifest.labels.queue = manifest.labels.queue.map(renamed);
    for (const head of manifest.lexical.heads) {
      if (head.name === "queue") head.labels = head.labels.map(renamed);
    }
    manifest.thresholds.queue = Object.fromEntries(
      manifest.labels.queue.map((queue) => [queue, abstains ? 1 : 0]),
    );
  };
}
