// Measures the classifier on public tickets: node scripts/evaluate-tickets.ts [--quick] [--tune] [--splits 5] [--set "refined queue"]
// Trains each set by the pipeline's own stages (featurize, and train and export for one seed) in .cache/evaluation/tickets, asks the
// exported bundle in the serving code about the holdout, and does so for several splits by group that together hold out every row once. Prints a
// Markdown table of the rows of all holdouts beside TF-IDF + linear SVM on the very same rows, and the lead of each split.
// With --tune the trees' parameters are searched first, as `./scripts/train` does; without, they are those of tickets-params.yaml.
// EVAL_DATA_DIR: folder of the evaluation data; without it there is nothing to measure, and that is no failure.
// After it, how often a change that means nothing (upper case, a greeting, a signature, a typo) leaves the queue as it was, and, for each set, how far its labels can be told from the text at all (scripts/evaluation/label-ceiling.py).
// TRAINER_PYTHON: the trainer's Python (scripts/lib/python-env.sh prints it). MODEL_DIR: the weights (.cache/models).
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadBundle } from "../shared/src/bundle/load-bundle.ts";
import type { Classification } from "../shared/src/classifier/classifier.ts";
import { createClassifier } from "../shared/src/classifier/create-classifier.ts";
import { buildFeatures } from "../shared/src/features/build-features.ts";
import { createWorkerEmbedder } from "../shared/src/node/embedder/create-worker-embedder.ts";
import { readBundleFolder } from "../shared/src/node/read-bundle-folder.ts";
import "../shared/src/node/without-telemetry.ts";
import { prepareText } from "../shared/src/text/prepare-text.ts";
import { classificationReport } from "../trainer/src/metrics/classification-report.ts";
import { runProcess } from "../trainer/src/processes/run-process.ts";
import { compareWithBaseline } from "../trainer/src/stages/evaluate/compare-with-baseline.ts";
import {
  labelOutcomes,
  type MeasuredText,
  type Outcome,
} from "../trainer/src/stages/evaluate/label-outcomes.ts";
import { type Baseline, readBaseline } from "../trainer/src/stages/evaluate/read-baseline.ts";
import { embedTexts } from "../trainer/src/stages/featurize/embed-texts.ts";
import { openEmbeddingCache } from "../trainer/src/stages/featurize/embedding-cache.ts";
import type { SnapshotRow } from "../trainer/src/stages/snapshot/snapshot-row.ts";
import { makeTicketSnapshot, type SplitNumber } from "./evaluation/make-ticket-snapshot.ts";
import { type TicketSetName, ticketSetNames } from "./evaluation/read-ticket-set.ts";
import { textChanges } from "./evaluation/text-changes.ts";
import { parseCommand } from "./lib/parse-command.ts";

const { values, refuse } = parseCommand({
  usage: `Usage: ./scripts/evaluate --tickets [--quick] [--tune] [--splits 5] [--set NAME]...

The classifier on the public tickets of EVAL_DATA_DIR, beside TF-IDF + linear SVM. --quick takes a tenth of the groups, --tune searches the trees'
parameters first; --set takes ${ticketSetNames.map((name) => `"${name}"`).join(", ")}.`,
  options: {
    quick: { type: "boolean", default: false },
    tune: { type: "boolean", default: false },
    splits: { type: "string", default: "5" },
    set: { type: "string", multiple: true },
  },
});

const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const paramsFile = path("scripts/evaluation/tickets-params.yaml");
const python = process.env.TRAINER_PYTHON || path(".venv/bin/python");
const modelDir = process.env.MODEL_DIR || path(".cache/models");
/** Of the groups, where a first look is enough. */
const quickShare = 0.1;
const seed = 1;
/** Of the holdout, those that are asked again in other words. */
const changedTexts = 100;
/** Asked before time is taken: until then WebAssembly and JavaScript are still being compiled. */
const warmUpTexts = 300;
const splitCount = countOf(values.splits);
const names = values.set ? values.set.map(knownSet) : ticketSetNames;

const dataDir = process.env.EVAL_DATA_DIR;
if (dataDir) await evaluate(dataDir);
else console.error("EVAL_DATA_DIR is not set: the classifier is not evaluated on public tickets.");

async function evaluate(folder: string): Promise<void> {
  const leads: string[] = [];
  console.log(
    "| set | label | rows | F1w | F1 macro | SVM F1w | SVM F1 macro | lead in F1w, 95 % | ms a ticket | MB |",
  );
  console.log("|---|---|--:|--:|--:|--:|--:|---|--:|--:|");
  for (const name of names) {
    for (const { row, leadOfSplits } of await evaluateSet(folder, name)) {
      console.log(`| ${row.join(" | ")} |`);
      leads.push(`${row[0]}, ${row[1]}: ${leadOfSplits.map(signed).join(" ")}`);
    }
  }
  console.log(`\nLead in F1w, split by split\n\n${leads.join("\n")}`);
  for (const name of names) {
    console.log(`\n${name}`);
    await run(python, path("scripts/evaluation/label-ceiling.py"), [
      "--features",
      `${folderOf(name)}/features.arrow`,
    ]);
  }
}

function folderOf(name: TicketSetName): string {
  return path(`.cache/evaluation/tickets/${name.replaceAll(/\W+/g, "-")}${values.quick ? "-quick" : ""}`);
}

function knownSet(name: string): TicketSetName {
  const known = ticketSetNames.find((candidate) => candidate === name);
  if (known) return known;
  return refuse(`There is no set "${name}".`);
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 2 && count <= 20) return count;
  return refuse(`--splits is ${text}: a number from 2 to 20 is needed, so that every row is held out once.`);
}

/** What one split said: the rows of its holdout, and the yardstick's labels of them by row id. */
type Measured = {
  readonly texts: MeasuredText[];
  readonly baseline: Baseline;
  readonly msPerRow: number;
  readonly megabytes: number;
};

/** A row of the table for each label that the set measures, over the holdouts of all splits. */
async function evaluateSet(dataFolder: string, name: TicketSetName) {
  const splits: Measured[] = [];
  for (let number = 0; number < splitCount; number += 1) {
    splits.push(await evaluateSplit(dataFolder, name, { number, of: splitCount }));
  }
  const baseline = {
    queue: Object.assign({}, ...splits.map((split) => split.baseline.queue)),
    urgency: Object.assign({}, ...splits.map((split) => split.baseline.urgency)),
  };
  const most = (of: (split: Measured) => number) => Math.max(...splits.map(of));
  return (["queue", "urgency"] as const).flatMap((kind) => {
    const outcomes = labelOutcomes(
      splits.flatMap(({ texts }) => texts),
      kind,
    );
    const compared = compareWithBaseline(outcomes, baseline[kind], seed);
    if (compared === null) return [];
    const ours = reportOf(outcomes, ({ predicted }) => predicted);
    const { lead } = compared;
    const [from = Number.NaN, to = Number.NaN] = lead.intervals.weightedF1 ?? [];
    const figures = [ours.weightedF1, ours.macroF1, compared.weightedF1, compared.macroF1];
    const range = `${signed(lead.weightedF1)} (${signed(from)} to ${signed(to)})`;
    const row = [
      name,
      kind,
      String(outcomes.length),
      ...figures.map((value) => value.toFixed(3)),
      range,
      most(({ msPerRow }) => msPerRow).toFixed(2),
      most(({ megabytes }) => megabytes).toFixed(1),
    ];
    const leadOfSplits = splits.map(({ texts }) => {
      const own = labelOutcomes(texts, kind);
      const theirs = reportOf(own, ({ id }) => baseline[kind][id] ?? "");
      return reportOf(own, ({ predicted }) => predicted).weightedF1 - theirs.weightedF1;
    });
    return [{ row, leadOfSplits }];
  });
}

function reportOf(outcomes: readonly Outcome[], labelOf: (outcome: Outcome) => string) {
  const truth = outcomes.map((outcome) => outcome.truth);
  const predicted = outcomes.map(labelOf);
  return classificationReport(truth, predicted, [...new Set([...truth, ...predicted])]);
}

/** Trains one set without one split's holdout, and asks about that. Each split overwrites the files of the one before. */
async function evaluateSplit(dataFolder: string, name: TicketSetName, split: SplitNumber): Promise<Measured> {
  const folder = folderOf(name);
  await mkdir(`${folder}/snapshot`, { recursive: true });
  const rows = await makeTicketSnapshot({
    dataFolder,
    name,
    share: values.quick ? quickShare : 1,
    split,
    outOfScopeFile: path("data/starter/tickets/out-of-scope.jsonl"),
    paramsFile,
    dataSet: blockOf(name),
    outFolder: `${folder}/snapshot`,
  });
  const startedMs = performance.now();
  await train(folder, blockOf(name));
  const title = `${name}, split ${split.number + 1} of ${split.of}`;
  console.error(`${title}: ${rows.length} rows trained in ${minutesSince(startedMs)} minutes`);
  const holdout = rows.filter((row) => row.split === "holdout" && row.in_scope);
  const { said, msPerRow, megabytes, stable } = await askBundle(`${folder}/bundle`, holdout);
  const kept = Object.entries(stable).map(([change, share]) => `${change} ${share.toFixed(2)}`);
  console.error(`${title}: the queue stays under ${kept.join(", ")}`);
  const texts = holdout.flatMap((row, index) => {
    const classification = said[index];
    return classification ? [{ ...row, inScope: true, said: classification }] : [];
  });
  return { texts, baseline: await readBaseline(`${folder}/svm.json`), msPerRow, megabytes };
}

/** The block of tickets-params.yaml. */
function blockOf(name: TicketSetName): string {
  return name === "topics" ? "many_tickets" : "tickets";
}

function minutesSince(startedMs: number): string {
  return ((performance.now() - startedMs) / 60_000).toFixed(1);
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(3)}`;
}

/** The pipeline's stages by their own command lines. */
async function train(folder: string, dataSet: string): Promise<void> {
  const bestParams = `${folder}/best-params.json`;
  const searched = ["--params", paramsFile, "--data-set", dataSet];
  const table = ["--features", `${folder}/features.arrow`];
  await run(process.execPath, path("trainer/src/cli.ts"), [
    "featurize",
    "--snapshot",
    `${folder}/snapshot`,
    "--out",
    `${folder}/features.arrow`,
  ]);
  await run(python, path("scripts/evaluation/linear-svm.py"), [
    "--snapshot",
    `${folder}/snapshot`,
    "--out",
    `${folder}/svm.json`,
  ]);
  if (values.tune) {
    await run(python, path("trainer/python/tune.py"), [...table, ...searched, "--out", bestParams]);
  } else {
    const models = Object.fromEntries(["queue", "urgency", "scope"].map((model) => [model, { params: {} }]));
    await writeFile(bestParams, JSON.stringify({ format: 1, models }));
  }
  await run(python, path("scripts/evaluation/train-one-seed.py"), [
    ...table,
    ...searched,
    ...["--best-params", bestParams, "--snapshot", `${folder}/snapshot`],
    ...["--model", `${folder}/model`, "--out", `${folder}/bundle`],
  ]);
}

async function run(program: string, script: string, args: readonly string[]): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? ""]));
  const options = { cwd: path(""), env, timeoutMs: 60 * 60 * 1_000, output: "inherit" } as const;
  const { exitCode } = await runProcess(program, [script, ...args], options);
  if (exitCode !== 0) throw new Error(`${script} ended with ${exitCode}: its message stands above.`);
}

/**
 * What the API's code says of each text, the processor's time for one (all models, warm, not the embedding), the bundle's size, and how
 * often the queue of one of the first texts stays what it was under each change.
 */
async function askBundle(folder: string, rows: readonly SnapshotRow[]) {
  const bundle = await loadBundle(readBundleFolder(folder));
  const embedder = await createWorkerEmbedder({ modelDir, workers: 1 });
  const cache = await openEmbeddingCache(path(".cache/embeddings"), embedder.maker);
  const classifier = await createClassifier(bundle);
  const ask = async (texts: readonly string[]) => {
    const prepared = texts.map((text) => prepareText(text));
    const embeddings = await embedTexts(
      prepared.map(({ text }) => text),
      embedder,
      cache,
      () => {},
    );
    const features = prepared.map((text, index) =>
      buildFeatures(text, embeddings[index] ?? new Float32Array()),
    );
    for (const row of features.slice(0, warmUpTexts)) await classifier.classify([row]);
    const said: Classification[] = [];
    const before = process.cpuUsage();
    for (const row of features) said.push(...(await classifier.classify([row])));
    const { user, system } = process.cpuUsage(before);
    return { said, ms: (user + system) / 1_000 };
  };

  const texts = rows.map(({ text }) => text);
  const { said, ms } = await ask(texts);
  const stable: Record<string, number> = {};
  for (const [name, change] of Object.entries(textChanges)) {
    const changed = await ask(texts.slice(0, changedTexts).map(change));
    const kept = changed.said.filter(({ queue }, index) => queue.label === said[index]?.queue.label);
    stable[name] = kept.length / Math.max(1, changed.said.length);
  }
  await Promise.all([classifier.close(), embedder.close()]);
  const files = Object.values(bundle.manifest.files).reduce((sum, { bytes }) => sum + bytes, 0);
  const manifest = await readFile(`${folder}/manifest.json`);
  const megabytes = (files + manifest.byteLength) / 1e6;
  return { said, msPerRow: ms / Math.max(1, rows.length), megabytes, stable };
}
