import type { Bundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Classification, Features } from "@support-it-agent/shared/classifier/classifier";
import { createClassifier } from "@support-it-agent/shared/classifier/create-classifier";

/** What the API would say of each row with this bundle. */
export async function classifyFeatures(
  bundle: Bundle,
  features: readonly Features[],
): Promise<Classification[]> {
  const classifier = await createClassifier(bundle);
  try {
    return await classifier.classify(features);
  } finally {
    await classifier.close();
  }
}
