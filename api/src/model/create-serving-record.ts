import type { ServedBundle } from "../records/record-serving.ts";
import type { ServingModel } from "./create-serving-model.ts";

export type ServingRecord = {
  /** Writes down that this process serves its model, where it may (record-serving.ts has the rule). Throws DatabaseUnavailableError. */
  write(): Promise<void>;
  /** From now on until it is written, somebody has asked for the model that serves. */
  wasAsked(): void;
};

/** What this process says in model_deployments of the model that it serves at that moment. */
export function createServingRecord(
  serving: ServingModel,
  recordServing: (bundle: ServedBundle) => Promise<boolean>,
): ServingRecord {
  let isAsked = false;
  return {
    write: async () => {
      const { bundle } = serving.current();
      const isRecorded = await recordServing({
        bundleHash: bundle.hash,
        modelVersion: bundle.manifest.version,
        wasAsked: isAsked,
      });
      // Another reload may have come meanwhile: what it asked for is still to be written then.
      if (isRecorded && serving.current().bundle === bundle) isAsked = false;
    },
    wasAsked: () => {
      isAsked = true;
    },
  };
}
