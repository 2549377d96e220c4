import type { Manifest } from "./manifest.ts";
import { sha256 } from "./sha256.ts";

/**
 * SHA-256 of what a bundle does: the digests of its files and every part of the manifest that changes an answer. Version,
 * metrics and lineage are left out, so that two runs that made the same models have the same hash.
 */
export function bundleHash(manifest: Manifest): Promise<string> {
  const { version: _version, metrics: _metrics, lineage: _lineage, ...behaviour } = manifest;
  return sha256(JSON.stringify(sortKeys(behaviour)));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
