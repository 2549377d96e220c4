import { BundleError } from "@support-it-agent/shared/bundle/bundle-error";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Classifier } from "@support-it-agent/shared/classifier/classifier";
import { createClassifier } from "@support-it-agent/shared/classifier/create-classifier";
import { embeddingDimensions } from "@support-it-agent/shared/embedder/embedder";
import { buildFeatures } from "@support-it-agent/shared/features/build-features";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import type { LoadedModel } from "../model/create-serving-model.ts";
import { findBundleFolder } from "./find-bundle-folder.ts";

/**
 * Loads and warms the bundle that is to serve now. Whoever puts one there need not do it in one step: every file is read once and compared with
 * the manifest's digest, so that a folder that is half the old and half the new one is refused. Rejects with BundleError, and leaves no session
 * open then.
 */
export async function loadModel(bundleDir: string | undefined, repositoryRoot: string): Promise<LoadedModel> {
  const folder = await findBundleFolder(bundleDir, repositoryRoot);
  const bundle = await loadBundle(readBundleFolder(folder));
  const classifier = await createClassifier(bundle);
  try {
    await warmUp(classifier, bundle.manifest.version);
  } catch (error) {
    await classifier.close();
    throw error;
  }
  // The files' bytes are in the sessions now: only what describes the bundle is kept.
  const { manifest, hash } = bundle;
  return { bundle: { manifest, hash }, classifier };
}

/** The first run of a session allocates what later ones use. It also shows whether numbers come out. */
async function warmUp(classifier: Classifier, version: string): Promise<void> {
  const prepared = prepareText("Mon VPN ne marche pas: error 0x80070035, please help");
  const vector = new Float32Array(embeddingDimensions).fill(1 / Math.sqrt(embeddingDimensions));
  const [classification] = await classifier.classify([buildFeatures(prepared, vector)]);
  const probabilities = [classification?.queue, classification?.urgency].flatMap((label) =>
    Object.values(label?.probabilities ?? { none: Number.NaN }),
  );
  if (probabilities.every(Number.isFinite)) return;
  throw new BundleError(
    `Bundle ${version} gives probabilities that are no numbers: train and export it again.`,
  );
}
