// train.py and export.py on small made-up matrices: what they write is a bundle that the serving code accepts and
// agrees with, the same bytes each time, and nothing half-written where they fail; tune.py, whose trials may crash and whose
// processes must not outlive it. Makes the Python environment (once).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Features } from "@support-it-agent/shared/classifier/classifier";
import { createClassifier } from "@support-it-agent/shared/classifier/create-classifier";
import { featureListHash } from "@support-it-agent/shared/features/feature-list";
import { fewLexicalDimensions, lexicalDimensions } from "@support-it-agent/shared/features/lexical-terms";
import { numericFeatureNames } from "@support-it-agent/shared/features/numeric-features";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runProcess } from "./processes/run-process.ts";
import { checkPythonAgreement } from "./stages/evaluate/check-python-agreement.ts";
import { readPythonPredictions } from "./stages/evaluate/read-python-predictions.ts";
import { featureTable } from "./stages/featurize/feature-table.ts";
import type { SnapshotRow } from "./stages/snapshot/snapshot-row.ts";
import { splits } from "./stages/snapshot/split-by-group.ts";

// Each call starts Python, whose imports take seconds, and minutes on a machine that is busy with other things.
vi.setConfig({ testTimeout: 300_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const env = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? ""]));
const queues = ["Mail", "Print", "Wires"];
const urgencies = ["low", "medium", "high"] as const;

const params = `tiny:
  version_date: 2026.01.01
  seed: 3
  snapshot: {}
  tune:
    trials: 4
    time_budget_s: 120
    space: { eta: { log: [0.05, 0.3] }, max_depth: { integer: [1, 3] }, subsample: { uniform: [0.5, 1] } }
  train:
    folds: 3
    linear: { c: 1, lexical_scale: 1, embedding_scale: 1, numeric_scale: 0.1, by_language_scale: 1, word_c: 1, word_rows: 5, lexical_dimensions: ${fewLexicalDimensions}, character_scale: 0.5 }
    queue: &trees { rounds: 20, early_stopping_rounds: 10, eta: 0.1, max_depth: 2, lambda: 5, subsample: 0.8 }
    urgency: *trees
    scope: *trees
  export:
    precision: { queue: 0.8, urgency: 0.8 }
    least_rows_behind_threshold: 5
    false_out_of_scope_share: 0.01
    urgency_round_up_share: 0.25
`;

const best = JSON.stringify({
  format: 1,
  models: Object.fromEntries(["queue", "urgency", "scope"].map((name) => [name, { params: { eta: 0.2 } }])),
});

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
  await writeFile(join(folder, "best.json"), best);
  await mkdir(join(folder, "snapshot"));
  await writeFile(join(folder, "snapshot/rows.jsonl"), "{}\n");
  expect(await stage("train", "model", "features.arrow")).toBe(0);
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The command line of a stage on files of the test's folder. */
function commandOf(name: "tune" | "train" | "export", out: string, table: string): string[] {
  const shared = ["--features", table, "--params", "params.yaml", "--data-set", "tiny", "--out", out];
  const own = {
    tune: [],
    train: ["--best-params", "best.json"],
    export: [
      ...["--best-params", "best.json", "--model", "model", "--snapshot", "snapshot"],
      ...["--second-out", `${out}-second`, "--predictions", `${out}.arrow`],
    ],
  }[name];
  return [python, join(root, `trainer/python/${name}.py`), ...shared, ...own];
}

/** Runs a stage and gives its exit code and what it said to people. */
async function run(
  command: string[],
  more: Record<string, string> = {},
): Promise<{ code: number; said: string }> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...env, ...more },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, "close");
  return { code, said };
}

async function stage(name: "tune" | "train" | "export", out: string, table: string): Promise<number> {
  const { code, said } = await run(commandOf(name, out, table));
  if (code !== 0) console.warn(said);
  return code;
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
        lexical: { ids, counts: Float32Array.from([1, 2, 1]), words: [`word${queue}`, "help"] },
      },
    };
  });
  return { rows: made.map(({ row }) => row), features: made.map((entry) => entry.features) };
}

async function writeTable(name: string, tableRows: SnapshotRow[], tableFeatures: Features[]): Promise<void> {
  const table = featureTable(tableRows, tableFeatures, {
    feature_hashes: JSON.stringify({
      [fewLexicalDimensions]: await featureListHash(fewLexicalDimensions),
      [lexicalDimensions]: await featureListHash(),
    }),
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
    ["model/second-seed", "model-again/second-seed"],
    ["bundle", "bundle-again"],
    ["bundle-second", "bundle-again-second"],
  ] as const) {
    const entries = await readdir(join(folder, one), { withFileTypes: true });
    for (const { name } of entries.filter((entry) => entry.isFile())) {
      const same = (await readFile(join(folder, one, name))).equals(
        await readFile(join(folder, other, name)),
      );
      expect([name, same]).toEqual([name, true]);
    }
  }
});

/** A stage's command on a table in which every label of one split is another. */
async function trainOnTurned(split: SnapshotRow["split"], name: string): Promise<void> {
  const turned = rows.map((row) =>
    row.split !== split || !row.in_scope ? row : { ...row, queue: "Mail", urgency: "low" as const },
  );
  await writeTable(`${name}.arrow`, turned, features);
  expect(await stage("train", name, `${name}.arrow`)).toBe(0);
}

async function sameFiles(one: string, other: string, names: readonly string[]): Promise<string[]> {
  const isSame = await Promise.all(
    names.map(async (name) =>
      (await readFile(join(folder, one, name))).equals(await readFile(join(folder, other, name))),
    ),
  );
  return names.filter((_, index) => isSame[index]);
}

const modelFiles = ["heads.npz", "queue.json", "urgency.json", "scope.json", "probabilities.npz"];

test("no label of the holdout reaches a fit", async () => {
  await trainOnTurned("holdout", "model-holdout");
  expect(await sameFiles("model", "model-holdout", modelFiles)).toEqual(modelFiles);
});

test("labels of the calibration split reach the models that serve, and nothing of what they are calibrated on", async () => {
  await trainOnTurned("calibration", "model-calibration");
  expect(await sameFiles("model", "model-calibration", ["heads.npz", "queue.json", "urgency.json"])).toEqual(
    [],
  );
  const code = [
    "import sys, numpy",
    "one, other = (numpy.load(f'{name}/probabilities.npz') for name in sys.argv[1:])",
    "print({key: numpy.array_equal(one[key], other[key], equal_nan=True) for key in sorted(one) if 'unseen' in key})",
  ].join("\n");
  const same = await runProcess(python, ["-c", code, "model", "model-calibration"], {
    cwd: folder,
    env,
    timeoutMs: 60_000,
    output: "capture",
  });
  expect(same.stdout.trim()).toBe("{'queue_unseen': True, 'scope_unseen': True, 'urgency_unseen': True}");
});

/** Trains and exports with other parameters of the linear heads and of the number of trees; what was found, and said of every row. */
async function trainHeads(
  name: string,
  linear: string,
  rounds: number,
  table: string,
  dimensions = fewLexicalDimensions,
) {
  const changed = params
    .replace("{ c: 1,", `{ ${linear},`)
    .replace("rounds: 20,", `rounds: ${rounds},`)
    .replace(`: ${fewLexicalDimensions}`, `: ${dimensions}`);
  await writeFile(join(folder, `${name}.yaml`), changed);
  const swap: Record<string, string> = { "params.yaml": `${name}.yaml`, model: name };
  for (const [stageName, out] of [
    ["train", name],
    ["export", `${name}-bundle`],
  ] as const) {
    const { code, said } = await run(commandOf(stageName, out, table).map((part) => swap[part] ?? part));
    expect([code, code === 0 ? "" : said]).toEqual([0, ""]);
  }
  const report = JSON.parse(await readFile(join(folder, name, "training.json"), "utf8"));
  return { report, predictions: await readPythonPredictions(join(folder, `${name}-bundle.arrow`)) };
}

/** Urgencies drawn by lot, one in ten of them high: nothing can be learnt of them but how many there are. */
async function writeNoisyTable(): Promise<string> {
  const noisy = rows.map((row, index): SnapshotRow => {
    const lot = (Math.imul(index + 1, 2_654_435_761) >>> 0) / 2 ** 32;
    return { ...row, urgency: row.in_scope ? (lot < 0.1 ? "high" : lot < 0.55 ? "low" : "medium") : null };
  });
  await writeTable("noisy.arrow", noisy, features);
  return "noisy.arrow";
}

test("of several strengths each head takes the one of least loss out of fold: a weak penalty where labels are clear, a strong one where they are noise", async () => {
  const { report } = await trainHeads("model-strengths", "c: [1, 0.0001]", 20, await writeNoisyTable());
  expect([report.queue.c, report.urgency.c]).toEqual([1, 0.0001]);
});

test("a rare label gets the share that it has without class balance, and its part of an even share with it", async () => {
  const table = await writeNoisyTable();
  const shareOfHigh = async (balance: number) => {
    const linear = `c: 0.0001, class_balance: ${balance}`;
    const { predictions } = await trainHeads(`model-balance-${balance}`, linear, 1, table);
    const said = predictions
      .filter((_, index) => rows[index]?.in_scope)
      .map(({ urgency }) => urgency[2] ?? 0);
    return said.reduce((sum, value) => sum + value, 0) / said.length;
  };
  expect(await shareOfHigh(0)).toBeLessThan(0.2);
  expect(await shareOfHigh(1)).toBeGreaterThan(0.3);
});

// In the larger space of terms, where each step of a logistic head would take five times as long.
test("heads of a linear SVM are served as Python trained them, in the larger space of terms", async () => {
  const { predictions } = await trainHeads(
    "model-hinge",
    "c: 0.1, loss: squared_hinge, class_balance: 0.5",
    20,
    "features.arrow",
    lexicalDimensions,
  );
  const bundle = await loadBundle(readBundleFolder(join(folder, "model-hinge-bundle")));
  expect(bundle.manifest.lexical.dimensions).toBe(lexicalDimensions);
  const classifier = await createClassifier(bundle);
  const said = await classifier.classify(features);
  await classifier.close();
  const served = new Map(rows.map(({ id }, index) => [id, said[index]!]));
  expect(checkPythonAgreement(bundle.manifest, predictions, served).rows).toBe(1_000);
  const holdout = rows.filter((row) => row.split === "holdout" && row.in_scope);
  const right = holdout.filter(({ id, queue }) => served.get(id)?.queue.label === queue);
  expect(right.length / holdout.length).toBeGreaterThan(0.9);
  expect(await sameFiles("model", "model-hinge", modelFiles)).toEqual([]);
});

test("a desk with two queues trains, and its bundle tells them apart", async () => {
  const two = rows.map((row): SnapshotRow => ({ ...row, queue: row.queue === "Wires" ? null : row.queue }));
  await writeTable("two.arrow", two, features);
  const { report } = await trainHeads("model-two", "c: [0.1, 1]", 20, "two.arrow");
  expect(report.queue.out_of_fold_macro_f1).toBeGreaterThan(0.9);
  const bundle = await loadBundle(readBundleFolder(join(folder, "model-two-bundle")));
  const classifier = await createClassifier(bundle);
  const said = await classifier.classify(features);
  await classifier.close();
  const holdout = two.flatMap(({ split, queue }, index) =>
    split === "holdout" && queue !== null ? [{ queue, said: said[index]?.queue.label }] : [],
  );
  const right = holdout.filter((row) => row.said === row.queue);
  expect(right.length / holdout.length).toBeGreaterThan(0.9);
});

test("the second seed's bundle loads too, is another model, and says from which seed it is", async () => {
  const [first, second] = await Promise.all(
    ["bundle", "bundle-second"].map((name) => loadBundle(readBundleFolder(join(folder, name)))),
  );
  expect([first!.manifest.lineage.seed, second!.manifest.lineage.seed]).toEqual([3, 4]);
  expect(first!.manifest.files["queue.onnx"]?.sha256).not.toBe(second!.manifest.files["queue.onnx"]?.sha256);
  expect(first!.manifest.lineage.params.tuned).toEqual(
    Object.fromEntries(
      Object.entries(JSON.parse(best).models).map(([name, model]) => [
        name,
        (model as { params: object }).params,
      ]),
    ),
  );
});

test("a row without a queue or an urgency trains the other model, and a recent row trains none", async () => {
  const table = rows.map((row, index): SnapshotRow => {
    if (row.split === "calibration" && index % 4 === 0)
      return { ...row, split: "recent", queue: row.in_scope ? "New queue" : null };
    if (row.split !== "train" || !row.in_scope) return row;
    return {
      ...row,
      queue: index % 5 === 0 ? null : row.queue,
      urgency: index % 6 === 0 ? null : row.urgency,
    };
  });
  await writeTable("gaps.arrow", table, features);
  expect(await stage("train", "model-gaps", "gaps.arrow")).toBe(0);
  const report = JSON.parse(await readFile(join(folder, "model-gaps/training.json"), "utf8"));
  const trained = table.filter(
    ({ split, in_scope }) => in_scope && split !== "holdout" && split !== "recent",
  );
  expect(report.queue.rows).toBe(trained.filter(({ queue }) => queue !== null).length);
  expect(report.urgency.rows).toBe(trained.filter(({ urgency }) => urgency !== null).length);
  const command = commandOf("export", "bundle-gaps", "gaps.arrow").map((part) =>
    part === "model" ? "model-gaps" : part,
  );
  expect((await run(command)).code).toBe(0);
  const { manifest } = await loadBundle(readBundleFolder(join(folder, "bundle-gaps")));
  expect(manifest.labels.queue).toEqual(queues);
});

test.each<[string, (row: SnapshotRow) => SnapshotRow, string]>([
  ["one queue alone", (row) => ({ ...row, queue: row.in_scope ? "Mail" : null }), "queue: 1 class (Mail)"],
  ["no urgency at all", (row) => ({ ...row, urgency: null }), 'urgency "high": 0 rows'],
  ["no train row", (row) => ({ ...row, split: "holdout" }), "none in the train split"],
  [
    "a queue of the holdout alone",
    (row) => (row.split === "holdout" && row.queue === "Mail" ? { ...row, queue: "Fax" } : row),
    'queue "Fax": in the calibration split or the holdout',
  ],
  [
    "no text out of scope",
    (row) => (row.in_scope ? row : { ...row, in_scope: true, queue: "Mail", urgency: "low" }),
    'scope "out of scope": 0 rows',
  ],
])("%s is refused by name, with the next step", async (_, change, message) => {
  await writeTable("refused.arrow", rows.map(change), features);
  for (const name of ["train", "tune"] as const) {
    const { code, said } = await run(commandOf(name, `${name}-refused`, "refused.arrow"));
    expect([code, said]).toEqual([1, expect.stringContaining(message)]);
    expect(said).toContain("run this again");
    expect(said).not.toContain("Traceback");
  }
  expect((await readdir(folder)).filter((name) => name.includes("-refused"))).toEqual([]);
});

test("an empty table is refused", async () => {
  await writeTable("empty.arrow", [], []);
  const { code, said } = await run(commandOf("train", "model-empty", "empty.arrow"));
  expect([code, said]).toEqual([1, expect.stringContaining("run this again")]);
});

test("a value that is no number is refused, and nothing is left behind", async () => {
  const broken = features.map((row, index) =>
    index === 5 ? { ...row, embedding: row.embedding.map(() => Number.NaN) } : row,
  );
  await writeTable("nan.arrow", rows, broken);
  expect(await stage("train", "model-nan", "nan.arrow")).toBe(1);
  expect(await readdir(folder)).not.toContain("model-nan");
});

test("a full disk is named, and nothing is left behind", async () => {
  const command = commandOf("train", "model-full", "features.arrow");
  const limited = ["sh", "-c", 'ulimit -f 64; exec "$0" "$@"', ...command]; // no file above 32 KiB
  const { code, said } = await run(limited);
  expect([code, said]).toEqual([1, expect.stringContaining("the disk is full")]);
  expect((await readdir(folder)).filter((name) => name.startsWith("model-full"))).toEqual([]);
});

test("a stage killed in mid-write leaves nothing under the real name, and the next run goes on", async () => {
  const [program = "", ...args] = commandOf("train", "model-killed", "features.arrow");
  const child = spawn(program, args, { cwd: folder, env, stdio: "ignore" });
  await expect.poll(() => readdir(folder), { timeout: 60_000 }).toContain("model-killed.part");
  child.kill("SIGKILL");
  await once(child, "close");
  expect(await readdir(folder)).not.toContain("model-killed");
  expect(await stage("train", "model-killed", "features.arrow")).toBe(0);
  expect(await readdir(folder)).not.toContain("model-killed.part");
}, 180_000);

test("a best-params file that is missing or not one names the stage to run", async () => {
  await writeFile(
    join(folder, "broken.json"),
    '{"format": 1, "models": {"queue": {"params": {"eta": "fast"}}}}',
  );
  for (const [file, message] of [
    ["nowhere.json", "is not there"],
    ["broken.json", "has no parameters"],
  ] as const) {
    const command = commandOf("train", "model-broken", "features.arrow").map((part) =>
      part === "best.json" ? file : part,
    );
    const { code, said } = await run(command);
    expect([code, said]).toEqual([1, expect.stringContaining(message)]);
    expect(said).toContain("Run the tune stage");
  }
});

describe("tune", () => {
  const found = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8"));

  test("a trial that crashes is counted, and the search goes on; train reads what was found", async () => {
    const wild = params.replace("subsample: { uniform: [0.5, 1] }", "subsample: { uniform: [0.5, 2] }");
    await writeFile(join(folder, "wild.yaml"), wild);
    const command = commandOf("tune", "tuned.json", "features.arrow").map((part) =>
      part === "params.yaml" ? "wild.yaml" : part,
    );
    const { code, said } = await run(command);
    expect([code, said]).toEqual([0, expect.stringContaining("queue: best of 4 trials")]);
    const { models } = await found("tuned.json");
    const trials = Object.values<{ trials: { end: string; params: { subsample: number } }[] }>(
      models,
    ).flatMap((model) => model.trials);
    expect(trials).toHaveLength(12);
    for (const trial of trials) expect(trial.end === "failed").toBe(trial.params.subsample > 1); // XGBoost takes (0, 1]
    expect(trials.filter(({ end }) => end === "failed").length).toBeGreaterThan(0);
    expect(trials[0]?.params.subsample).toBe(0.8); // the search starts from the parameters' file
    const training = commandOf("train", "model-tuned", "features.arrow").map((part) =>
      part === "best.json" ? "tuned.json" : part,
    );
    expect((await run(training)).code).toBe(0);
  }, 300_000);

  test("where every trial crashes it fails, says why, and writes nothing", async () => {
    const wild = params.replace("subsample: { uniform: [0.5, 1] }", "subsample: { uniform: [1.5, 2] }");
    await writeFile(join(folder, "hopeless.yaml"), wild);
    const command = commandOf("tune", "hopeless.json", "features.arrow").map((part) =>
      part === "params.yaml" ? "hopeless.yaml" : part,
    );
    const { code, said } = await run(command);
    expect([code, said]).toEqual([1, expect.stringMatching(/none of 4 trials came to a score .*subsample/)]);
    expect((await readdir(folder)).filter((name) => name.startsWith("hopeless.json"))).toEqual([]);
  }, 300_000);

  // With the trials, and with raylet alone, whose agents are too young then to see by themselves that it is gone.
  test.each([
    ["SIGTERM", "a trial", /ray::(?!\w+Agent)/],
    ["SIGINT", "a trial", /ray::(?!\w+Agent)/],
    ["SIGKILL", "a trial", /ray::(?!\w+Agent)/],
    ["SIGKILL", "raylet's start", /raylet\/raylet/],
  ] as const)(
    "%s at %s leaves nothing of Ray behind",
    async (signal, _, process) => {
      const temporary = await mkdtemp(join(tmpdir(), "t-"));
      const [program = "", ...args] = commandOf("tune", "never.json", "features.arrow");
      const child = spawn(program, args, {
        cwd: folder,
        env: { ...env, TMPDIR: temporary },
        stdio: "ignore",
      });
      let started: Process[] = [];
      await expect
        .poll(
          async () => {
            started = await descendants(child.pid!);
            return started.some(({ line }) => process.test(line));
          },
          { timeout: 120_000, interval: 100 },
        )
        .toBe(true);
      child.kill(signal);
      await once(child, "close");
      const left = async () => {
        const now = await processes();
        return started.filter(({ id, line }) => now.some((other) => other.id === id && other.line === line));
      };
      await expect.poll(left, { timeout: 60_000, interval: 500 }).toEqual([]);
      const folders = async () => (await readdir(temporary)).filter((name) => /^ray-(?!results)/.test(name));
      await expect.poll(folders, { timeout: 60_000, interval: 500 }).toEqual([]);
      expect((await readdir(folder)).filter((name) => name.startsWith("never.json"))).toEqual([]);
      await rm(temporary, { recursive: true });
    },
    300_000,
  );
});

type Process = { id: number; parent: number; line: string };

async function processes(): Promise<Process[]> {
  const { stdout } = await runProcess("ps", ["-A", "-o", "pid=,ppid=,args="], {
    cwd: "/",
    env,
    timeoutMs: 20_000,
    output: "capture",
  });
  return stdout.split("\n").map((text) => {
    const [, id, parent, line = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(text) ?? [];
    return { id: Number(id), parent: Number(parent), line };
  });
}

async function descendants(id: number): Promise<Process[]> {
  const all = await processes();
  const below = (parent: number): Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.id)]);
  return below(id);
}
