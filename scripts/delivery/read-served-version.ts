import { z } from "zod";
import { callApi } from "./call-api.ts";

const versionSchema = z.object({ model_version: z.string(), bundle_hash: z.string() });

export type ServedVersion = z.infer<typeof versionSchema>;

/** Which model one instance behind `url` serves. Rejects with DeliveryError: (1) no answer, (2) another than this API gives. */
export function readServedVersion(url: string): Promise<ServedVersion> {
  return callApi(new URL("/version", url), versionSchema);
}
