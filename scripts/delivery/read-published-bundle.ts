import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { loadBundle } from "../../shared/src/bundle/load-bundle.ts";
import { readBundleFolder } from "../../shared/src/node/read-bundle-folder.ts";
import { DeliveryError } from "./delivery-error.ts";

export type PublishedBundle = { readonly hash: string; readonly version: string; readonly folder: string };

const metricsSchema = z.looseObject({ bundle: z.looseObject({ version: z.string(), hash: z.string() }) });

/**
 * Reads models/NAME as the API does (every file against its digest, features, labels) and holds it against models/NAME.metrics.json, the figures that
 * the gate saw. Rejects with BundleError where the API would refuse it, and with DeliveryError (2) where it is another bundle than was measured.
 */
export async function readPublishedBundle(
  root: string,
  name: "current" | "starter",
): Promise<PublishedBundle> {
  const folder = join(root, "models", name);
  const { manifest, hash } = await loadBundle(readBundleFolder(folder));
  const metricsFile = `models/${name}.metrics.json`;
  const measured = metricsSchema.parse(JSON.parse(await readFile(join(root, metricsFile), "utf8"))).bundle;
  if (measured.hash === hash && measured.version === manifest.version)
    return { hash, version: manifest.version, folder };
  throw new DeliveryError(
    2,
    `models/${name} is bundle ${manifest.version} (${hash}), and ${metricsFile} has the figures of ${measured.version} (${measured.hash}): ` +
      "what would ship is not what was measured. Publish again, or go back to a commit where both agree.",
  );
}
