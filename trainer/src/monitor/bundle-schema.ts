import type { Bundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { DriftSchema } from "../drift/windows/drift-row.ts";

/** What the rows of a bundle's predictions hold by position. */
export function bundleSchema({ manifest }: Bundle): DriftSchema {
  return {
    numericNames: manifest.numeric_feature_names,
    queues: manifest.labels.queue,
    urgencies: manifest.labels.urgency,
  };
}
