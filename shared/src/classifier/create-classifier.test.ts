import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bundle, loadBundle } from "../bundle/load-bundle.ts";
import { makeTestBundle } from "../bundle/node/make-test-bundle.ts";
import { buildFeatures } from "../features/build-features.ts";
import { prepareText } from "../text/prepare-text.ts";
import type { Classifier, Features } from "./classifier.ts";
import { createClassifier } from "./create-classifier.ts";

// The fixture's trees split on columns 0, 1 and 2 of the embedding; its probabilities stand in make-tree-models.py.
function featuresOf(...firstColumns: number[]): Features {
  const embedding = new Float32Array(384);
  embedding.set(firstColumns);
  return buildFeatures(prepareText("Mon VPN ne marche pas"), embedding);
}

describe("the classifier", () => {
  let classifier: Classifier;
  beforeAll(async () => {
    classifier = await createClassifier(await loadBundle(await makeTestBundle()));
  });
  afterAll(() => classifier.close());

  test("gives the trees' probabilities under the manifest's labels", async () => {
    const [row] = await classifier.classify([featuresOf(1, 0, 0)]);
    expect(row?.queue.label).toBe("Hardware / Device");
    expect(row?.queue.confidence).toBeCloseTo(0.8, 5);
    expect(row?.queue.abstains).toBe(false);
    expect(row?.queue.probabilities["Software / Product"]).toBeCloseTo(0.05, 5);
    expect(row?.urgency).toMatchObject({ label: "high", abstains: false });
    expect(row?.outOfScope).toMatchObject({ isOutOfScope: false });
  });

  test("abstains under the label's threshold, rounds the urgency up, and tells what is out of scope", async () => {
    const [row] = await classifier.classify([featuresOf(0, 1, 1)]);
    expect(row?.queue).toMatchObject({ label: "Network / Infrastructure", abstains: true });
    expect(row?.urgency).toMatchObject({ label: "high", abstains: true });
    expect(row?.urgency.confidence).toBeCloseTo(0.35, 5);
    expect(row?.outOfScope.isOutOfScope).toBe(true);
    expect(row?.outOfScope.probability).toBeCloseTo(0.9, 5);
  });

  test("answers rows in their order, more of them than one run takes, calls at the same time too", async () => {
    const rows = Array.from({ length: 600 }, (_, i) => featuresOf(i % 2, 0, 0));
    const [all, one, none] = await Promise.all([
      classifier.classify(rows),
      classifier.classify([featuresOf(1, 0, 0)]),
      classifier.classify([]),
    ]);
    expect(all.map(({ queue }) => queue.label)).toEqual(
      rows.map((_, i) => (i % 2 === 1 ? "Hardware / Device" : "Network / Infrastructure")),
    );
    expect(one).toHaveLength(1);
    expect(none).toEqual([]);
  });

  test("probabilities sum to 1", async () => {
    const [row] = await classifier.classify([featuresOf(0, 0, 0)]);
    const sum = Object.values(row?.queue.probabilities ?? {}).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 12);
  });
});

test("a temperature of 2 takes the square root of the odds, by the definition of temperature scaling", async () => {
  const read = await makeTestBundle((manifest) => {
    manifest.calibration.scope = { method: "temperature", value: 2 };
  });
  const classifier = await createClassifier(await loadBundle(read));
  const [row] = await classifier.classify([featuresOf(0, 0, 1)]);
  expect(row?.outOfScope.probability).toBeCloseTo(0.75, 5); // sqrt(.9 / .1) = 3 : 1
  await classifier.close();
});

test("a closed classifier says so, and closing twice is closing once", async () => {
  const classifier = await createClassifier(await loadBundle(await makeTestBundle()));
  await classifier.close();
  await classifier.close();
  await expect(classifier.classify([featuresOf(0, 0, 0)])).rejects.toThrow("closed");
});

test("a model that is no ONNX file, or has other classes than the manifest, is refused by its name", async () => {
  const bundle = await loadBundle(await makeTestBundle());
  const withScope = (scope: Uint8Array): Bundle => ({ ...bundle, models: { ...bundle.models, scope } });
  await expect(createClassifier(withScope(new Uint8Array(10)))).rejects.toThrow(
    /scope\.onnx cannot be opened/,
  );
  await expect(createClassifier(withScope(bundle.models.queue))).rejects.toThrow(
    /scope\.onnx gives probabilities/,
  );
});
