import { describe, expect, test } from "vitest";
import { fewLexicalDimensions } from "../features/lexical-terms.ts";
import { BundleError } from "./bundle-error.ts";
import { checkEmbedder } from "./check-embedder.ts";
import { loadBundle } from "./load-bundle.ts";
import type { Manifest } from "./manifest.ts";
import { makeTestBundle } from "./node/make-test-bundle.ts";

const text = (value: string) => new TextEncoder().encode(value);

describe("a whole bundle", () => {
  test("loads, with its lexical heads where the manifest says", async () => {
    const bundle = await loadBundle(await makeTestBundle());
    expect(bundle.lexical.idf).toHaveLength(fewLexicalDimensions);
    expect(bundle.lexical.heads.map(({ name, weights }) => [name, weights.length])).toEqual([
      ["queue", 3],
      ["urgency", 3],
      ["scope", 1],
    ]);
    expect(bundle.lexical.heads[2]?.weights[0]?.[fewLexicalDimensions - 1]).toBeCloseTo(0.06, 6);
    expect(bundle.lexical.heads[1]?.biases[0]).toBeCloseTo(0.3, 6);
    expect([...bundle.lexical.words]).toEqual([
      ["vpn", 0],
      ["wifi", 1],
    ]);
    expect(bundle.lexical.heads[2]?.wordWeights[0]?.[1]).toBeCloseTo(0.06, 6);
    expect(bundle.lexical.heads[1]?.wordBiases[0]).toBeCloseTo(0.3, 6);
  });

  test("has a hash that its version, metrics and lineage leave alone and a threshold does not", async () => {
    const hashOf = async (change?: (manifest: Manifest) => void) =>
      (await loadBundle(await makeTestBundle(change))).hash;
    const hash = await hashOf();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const renamed = await hashOf((manifest) => {
      manifest.version = "test-2";
      manifest.metrics = { f1: 1 };
      manifest.lineage.seed = 7;
    });
    expect(renamed).toBe(hash);
    const stricter = await hashOf((manifest) => {
      manifest.scope_threshold = 0.81;
    });
    expect(stricter).not.toBe(hash);
  });

  test("is refused beside another embedder than the one it was trained with", async () => {
    const bundle = await loadBundle(await makeTestBundle());
    expect(() => checkEmbedder(bundle, "test embedder")).not.toThrow();
    expect(() => checkEmbedder(bundle, "another")).toThrow(BundleError);
  });
});

describe("a bundle is refused, and what differs is said,", () => {
  const cases: [string, RegExp, (manifest: Manifest) => void, Record<string, Uint8Array | undefined>?][] = [
    ["without a file", /no readable urgency\.onnx/, () => {}, { "urgency.onnx": undefined }],
    ["with another file", /queue\.onnx is not the file/, () => {}, { "queue.onnx": text("changed") }],
    ["with a manifest that is no JSON", /no JSON/, () => {}, { "manifest.json": text("{") }],
    ["of another format", /not of a format/, (manifest) => Object.assign(manifest, { format: 1 })],
    ["with an unknown key", /not of a format/, (manifest) => Object.assign(manifest, { treshold: 1 })],
    [
      "with other features",
      /other contents/,
      (manifest) => {
        manifest.feature_hash = "0".repeat(64);
      },
    ],
    [
      "with features of other names",
      /gone: old_one; new: length_characters_log/,
      (manifest) => {
        manifest.feature_hash = "0".repeat(64);
        manifest.numeric_feature_names[0] = "old_one";
      },
    ],
    [
      "without a threshold",
      /thresholds\.queue are for/,
      (manifest) => {
        delete manifest.thresholds.queue["Software / Product"];
      },
    ],
    [
      "with labels in another order than its heads",
      /labels of the lexical head queue/,
      (manifest) => {
        manifest.labels.queue.reverse();
      },
    ],
    ["with urgencies in another order", /not of a format/, (manifest) => manifest.labels.urgency.reverse()],
    [
      "with a queue named twice",
      /names a queue twice/,
      (manifest) => {
        manifest.labels.queue[1] = manifest.labels.queue[0] ?? "";
      },
    ],
    [
      "with a calibration for other classes",
      /calibration\.queue/,
      (manifest) => {
        manifest.calibration.queue = { method: "vector", weights: [1, 1], biases: [0, 0] };
      },
    ],
    [
      "with an undeclared file",
      /declares no scope\.onnx/,
      (manifest) => {
        delete manifest.files["scope.onnx"];
      },
    ],
    [
      "with a lexical.bin of another layout",
      /lexical\.bin has .* bytes/,
      (manifest) => {
        manifest.lexical.dtype = "float16";
      },
    ],
  ];

  test("with one changed bit", async () => {
    const read = await makeTestBundle();
    const changed = (await read("queue.onnx")).slice();
    changed[100]! ^= 1;
    const reading = loadBundle(async (name) => (name === "queue.onnx" ? changed : read(name)));
    await expect(reading).rejects.toThrow(/queue\.onnx is not the file/);
  });

  test.each(cases)("%s", async (_, message, change, files) => {
    const loading = loadBundle(await makeTestBundle(change, files));
    await expect(loading).rejects.toThrow(BundleError);
    await expect(loading).rejects.toThrow(message);
  });
});
