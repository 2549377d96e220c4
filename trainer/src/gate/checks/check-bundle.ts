import type { GateCheck } from "../gate-report.ts";
import type { BundleFacts } from "../measurements.ts";

/**
 * The bundle fits what serves: the features of this code (which loading has checked), and the embedder that is loaded, and that of the
 * serving model.
 */
export function checkBundle(
  candidate: BundleFacts,
  serving: BundleFacts | null,
  loadedEmbedder: string,
): GateCheck[] {
  const differing = [loadedEmbedder, serving?.embedder ?? loadedEmbedder].find(
    (maker) => maker !== candidate.embedder,
  );
  const hasSameFeatures = serving === null || serving.featureHash === candidate.featureHash;
  return [
    {
      key: 2,
      name: "features",
      status: hasSameFeatures ? "passed" : "failed",
      why: hasSameFeatures
        ? `feature hash ${candidate.featureHash.slice(0, 12)}, that of this code`
        : `feature hash ${candidate.featureHash.slice(0, 12)}, the serving model's is ${serving.featureHash.slice(0, 12)}`,
      numbers: { featureHash: candidate.featureHash },
    },
    {
      key: 2,
      name: "embedder",
      status: differing === undefined ? "passed" : "failed",
      why:
        differing === undefined
          ? `trained on vectors of ${candidate.embedder}`
          : `trained on vectors of "${candidate.embedder}", what serves makes those of "${differing}": train again with it`,
      numbers: { embedder: candidate.embedder },
    },
  ];
}
