// train.py and export.py on small made-up matrices: what they write is a bundle that the serving code accepts and
// agrees with, the same bytes each time, and nothing half-written where they fail. Makes the Python environment (once).
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Features } from "@support-it-agent/shared/classifier/classifier";
import { createClassifier } from "@support-it-agent/shared/classifier/create-classifier";
import { featureListHash } from "@support-it-agent/shared/features/feature-list";
import { lexicalDimensions } from "@support-it-agent/shared/features/lexical-terms";
import { numericFeatureNames } from "@support-it-agent/shared/features/numeric-features";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProcess } from "./processes/run-process.ts";
import { checkPythonAgreement } from "./stages/evaluate/check-python-agreement.ts";
import { readPythonPredictions } from "./stages/evaluate/read-python-predictions.ts";
import { featureTable } from "./stages/featurize/feature-table.ts";
import type { SnapshotRow } from "./stages/snapshot/snapshot-row.ts";
import { splits } from "./stages/snapshot/split-by-group.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const env = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? ""]));
const queues = ["Mail", "Print", "Wires"];
const urgencies = ["low", "medium", "high"] as const;

const params = `tiny:
  version_date: 2026.01.01
  seed: 3
  snapshot: {}
  train:
    folds: 3
    linear: { c: 1, lexical_scale: 1, embedding_scale: 1, numeric_scale: 0.1, by_language_scale: 1 }
    queue: &trees { rounds: 20, eta: 0.1, max_depth: 2, lambda: 5, subsample: 0.8 }
    urgency: *trees
    scope: *trees
  export:
    precision: { queue: 0.8, urgency: 0.8 }
    least_rows_behind_threshold: 5
    false_out_of_scope_share: 0.01
    urgency_round_up_share: 0.25
`;

let folder: string;
let python: string;
let rows: SnapshotRow[];
let features: Features[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "python-stages-"));
  const made = await runProcess("scripts/lib/python-env.sh", [], {
    cwd: root,
    env,
    timeoutMs: 900_000,
    output: "capture",
  });
  expect(made.exitCode).toBe(0);
  python = made.stdout.trim();
  ({ rows, features } = makeRows(1_000));
  await writeTable("features.arrow", rows, features);
  await writeFile(join(folder, "params.yaml"), params);
  await mkdir(join(folder, "snapshot"));
  await writeFile(join(folder, "snapshot/rows.jsonl"), "{}\n");
  expect(await stage("train", "model", "features.arrow")).toBe(0);
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs train.py or export.py on files of the test's folder and gives its exit code. */
async function stage(name: "train" | "export", out: string, table: string): Promise<number> {
  const shared = ["--features", table, "--params", "params.yaml", "--data-set", "tiny", "--out", out];
  const own =
    name === "train" ? [] : ["--model", "model", "--snapshot", "snapshot", "--predictions", `${out}.arrow`];
  const script = join(root, `trainer/python/${name}.py`);
  const options = { cwd: folder, env, timeoutMs: 300_000, output: "capture" } as const;
  return (await runProcess(python, [script, ...shared, ...own], options)).exitCode;
}

/** Rows whose first numbers hint at their labels, with noise; a generator of its own, so that they are the same each time. */
function makeRows(count: number): { rows: SnapshotRow[]; features: Features[] } {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const made = Array.from({ length: count }, (_, index) => {
    const inScope = index % 7 > 0;
    const queue = index % 3;
    const urgency = Math.floor(index / 3) % 3;
    const embedding = Float32Array.from({ length: 384 }, () => random() - 0.5);
    embedding[queue] = (embedding[queue] ?? 0) + (inScope ? 1 : -1);
    const numeric = Float32Array.from(numericFeatureNames, () => Math.floor(random() * 3));
    numeric[urgency] = 3;
    const ids = Uint32Array.from([
      queue * 10,
      100 + Math.floor(random() * 50),
      200 + (inScope ? 1 : 0),
    ]).sort();
    return {
      row: {
        id: `r-${String(index).padStart(4, "0")}`,
        split: splits[index % 10 < 7 ? 0 : index % 10 < 8 ? 1 : 2],
        group: `r-${index}`,
        language: "en",
        in_scope: inScope,
        queue: inScope ? (queues[queue] ?? null) : null,
        urgency: inScope ? (urgencies[urgency] ?? null) : null,
        text: "",
        source: "test",
        created_at: null,
      } satisfies SnapshotRow,
      features: {
        text: "",
        language: "en",
        embedding,
        numeric,
        lexical: { ids, counts: Float32Array.from([1, 2, 1]) },
      },
    };
  });
  return { rows: made.map(({ row }) => row), features: made.map((entry) => entry.features) };
}

async function writeTable(name: string, tableRows: SnapshotRow[], tableFeatures: Features[]): Promise<void> {
  const table = featureTable(tableRows, tableFeatures, {
    feature_hash: await featureListHash(),
    embedder: "test",
    numeric_feature_names: JSON.stringify(numericFeatureNames),
    lexical_dimensions: String(lexicalDimensions),
  });
  await writeFile(join(folder, name), tableToIPC(table, "file"));
}

test("the bundle loads, and says in the serving code what XGBoost says in Python", async () => {
  expect(await stage("export", "bundle", "features.arrow")).toBe(0);
  const bundle = await loadBundle(readBundleFolder(join(folder, "bundle")));
  expect(bundle.manifest.labels.queue).toEqual(queues);
  const classifier = await createClassifier(bundle);
  const said = await classifier.classify(features);
  await classifier.close();
  const served = new Map(rows.map(({ id }, index) => [id, said[index]!]));
  const agreement = checkPythonAgreement(
    bundle.manifest,
    await readPythonPredictions(join(folder, "bundle.arrow")),
    served,
  );
  expect(agreement.rows).toBe(1_000);
  const holdout = rows.filter((row) => row.split === "holdout" && row.in_scope);
  const right = holdout.filter(({ id, queue }) => served.get(id)?.queue.label === queue);
  expect(right.length / holdout.length).toBeGreaterThan(0.9);
});

test("the same table and parameters give the same bytes", async () => {
  expect(await stage("train", "model-again", "features.arrow")).toBe(0);
  expect(await stage("export", "bundle-again", "features.arrow")).toBe(0);
  for (const [one, other] of [
    ["model", "model-again"],
    ["bundle", "bundle-again"],
  ] as const) {
    const names = await readdir(join(folder, one));
    for (const name of names) {
      const same = (await readFile(join(folder, one, name))).equals(
        await readFile(join(folder, other, name)),
      );
      expect([name, same]).toEqual([name, true]);
    }
  }
});

test("no label of the holdout or of the calibration split reaches a fit", async () => {
  const turned = rows.map((row) =>
    row.split === "train" || !row.in_scope ? row : { ...row, queue: "Mail", urgency: "low" as const },
  );
  await writeTable("turned.arrow", turned, features);
  expect(await stage("train", "model-turned", "turned.arrow")).toBe(0);
  for (const name of ["heads.npz", "queue.json", "urgency.json", "scope.json"]) {
    const same = (await readFile(join(folder, "model", name))).equals(
      await readFile(join(folder, "model-turned", name)),
    );
    expect([name, same]).toEqual([name, true]);
  }
});

test("a value that is no number is refused, and nothing is left behind", async () => {
  const broken = features.map((row, index) =>
    index === 5 ? { ...row, embedding: row.embedding.map(() => Number.NaN) } : row,
  );
  await writeTable("nan.arrow", rows, broken);
  expect(await stage("train", "model-nan", "nan.arrow")).toBe(1);
  expect(await readdir(folder)).not.toContain("model-nan");
});
