import type { Bundle } from "@support-it-agent/shared/bundle/load-bundle";
import { bundleSchema } from "./bundle-schema.ts";
import type { MonitorParams } from "./read-drift-params.ts";
import type { LogSource } from "./read-logged-rows.ts";

/** The predictions of a bundle that the monitor reads. */
export function logSource(bundle: Bundle, { routes }: MonitorParams): LogSource {
  const { version, embedder } = bundle.manifest;
  return { modelVersion: version, embedderMaker: embedder, routes, schema: bundleSchema(bundle) };
}
