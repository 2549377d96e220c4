import { readFile } from "node:fs/promises";
import { featureListHash } from "../../features/feature-list.ts";
import { fewLexicalDimensions } from "../../features/lexical-terms.ts";
import { numericFeatureNames } from "../../features/numeric-features.ts";
import type { ReadBundleFile } from "../load-bundle.ts";
import { bundleFileNames, type Manifest } from "../manifest.ts";
import { sha256 } from "../sha256.ts";

const words = ["vpn", "wifi"];
const queues = ["Hardware / Device", "Network / Infrastructure", "Software / Product"];

/**
 * A whole bundle in memory, for tests: the tree models of classifier/fixtures, a lexical.bin whose idf is 1, whose every
 * weight of head row r is r / 100, bias r / 10, and whose vocabulary is "vpn" and "wifi", with the same weights and biases. `change` may alter the manifest before it is written, `files` replaces files after it
 * was. Returns the `read` of loadBundle.
 */
export async function makeTestBundle(
  change: (manifest: Manifest) => void = () => {},
  files: Readonly<Record<string, Uint8Array | undefined>> = {},
): Promise<ReadBundleFile> {
  const contents: Record<string, Uint8Array | undefined> = {
    "lexical.bin": lexicalFile(queues.length + 3 + 1),
  };
  for (const name of ["queue.onnx", "urgency.onnx", "scope.onnx"]) {
    contents[name] = await readFile(new URL(`../../classifier/fixtures/${name}`, import.meta.url));
  }
  const manifest: Manifest = {
    format: 2,
    version: "test-1",
    labels: { queue: [...queues], urgency: ["low", "medium", "high"] },
    feature_hash: await featureListHash(fewLexicalDimensions),
    numeric_feature_names: [...numericFeatureNames],
    lexical: {
      file: "lexical.bin",
      dtype: "float32",
      dimensions: fewLexicalDimensions,
      words: [...words],
      heads: [
        { name: "queue", labels: [...queues] },
        { name: "urgency", labels: ["low", "medium", "high"] },
        { name: "scope", labels: ["out_of_scope"] },
      ],
    },
    embedder: "test embedder",
    calibration: {
      queue: { method: "temperature", value: 1 },
      urgency: { method: "temperature", value: 1 },
      scope: { method: "temperature", value: 1 },
    },
    thresholds: {
      queue: Object.fromEntries(queues.map((queue) => [queue, 0.7])),
      urgency: { low: 0.45, medium: 0.45, high: 0.45 },
    },
    scope_threshold: 0.8,
    urgency_round_up_share: 0.25,
    metrics: {},
    files: Object.fromEntries(
      await Promise.all(bundleFileNames.map((name) => describe(name, contents[name]))),
    ),
    lineage: { data_md5: "none", seed: 0, params: {}, libraries: {} },
  };
  change(manifest);
  contents["manifest.json"] = new TextEncoder().encode(JSON.stringify(manifest));
  Object.assign(contents, files);
  return async (name) => {
    const bytes = contents[name];
    if (!bytes) throw new Error(`no file ${name}`);
    return bytes;
  };
}

function lexicalFile(rows: number): Uint8Array {
  const numbers: number[] = new Array(fewLexicalDimensions).fill(1);
  for (const columns of [fewLexicalDimensions, words.length]) {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) numbers.push(row / 100);
      numbers.push(row / 10);
    }
  }
  return new Uint8Array(Float32Array.from(numbers).buffer);
}

async function describe(name: string, bytes: Uint8Array = new Uint8Array()) {
  return [name, { sha256: await sha256(bytes), bytes: bytes.byteLength }] as const;
}
