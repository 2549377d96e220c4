// Measures the drift detectors: ./scripts/bench-drift [--streams 10] [--runs 2] [--rows-per-day 140] [--null-windows 40]
// Draws windows from the public tickets of EVAL_DATA_DIR with weekdays and odd days, real vectors, and the starter bundle's real predictions;
// counts false alarms without a shift and finds within five windows of a shift, for the calibrated mode and for Evidently's defaults.
// Without EVAL_DATA_DIR there is nothing to measure, and that is no failure. Prints Markdown to stdout; with BENCH_PROGRESS set, the counts so far after
// each stream to stderr.
import { fileURLToPath } from "node:url";
import { numericFeatureNames } from "../shared/src/features/numeric-features.ts";
import { urgencies } from "../shared/src/labels.ts";
import { createWorkerEmbedder } from "../shared/src/node/embedder/create-worker-embedder.ts";
import "../shared/src/node/without-telemetry.ts";
import { wilsonInterval } from "../shared/src/wilson-interval.ts";
import { defaultDriftParams } from "../trainer/src/drift/drift-params.ts";
import { seededRandom } from "../trainer/src/drift/seeded-random.ts";
import { quantile } from "./benchmark/quantile.ts";
import { measureAudits } from "./benchmark-drift/measure-audits.ts";
import { heldOut, measureStream, type Scenario, type Tally } from "./benchmark-drift/measure-stream.ts";
import { type Desk, readDesk } from "./benchmark-drift/read-desk.ts";
import { errorRate } from "./benchmark-drift/simulate-desk.ts";
import { parseCommand } from "./lib/parse-command.ts";

const { values: given, refuse } = parseCommand({
  usage: `Usage: ./scripts/bench-drift [--streams 10] [--runs 2] [--rows-per-day 140] [--null-windows 40] [--history 60] [--audits 100]
         [--audit-table] [--without-evidently] [--only PART_OF_A_SCENARIO] [--seed 1]

On the public tickets of EVAL_DATA_DIR; docs/drift.md has the options and the figures.`,
  options: {
    streams: { type: "string", default: "10" },
    runs: { type: "string", default: "2" },
    "rows-per-day": { type: "string", default: "140" },
    "null-windows": { type: "string", default: "40" },
    /** Windows of its own that a desk is compared with; 0: labelled rows that were held out. */
    history: { type: "string", default: "60" },
    /** Blind labels of each window. */
    audits: { type: "string", default: "100" },
    /** Measures the evidence of audits by itself, too. */
    "audit-table": { type: "boolean", default: false },
    "without-evidently": { type: "boolean", default: false },
    only: { type: "string", default: "" },
    seed: { type: "string", default: "1" },
  },
});

const counts = {
  streams: countOf("streams"),
  runs: countOf("runs"),
  "rows-per-day": countOf("rows-per-day"),
  "null-windows": countOf("null-windows"),
  history: countOf("history"),
  audits: countOf("audits"),
  seed: countOf("seed"),
};

const [network, software, security] = ["Network / Infrastructure", "Software / Product", "Security / Access"];
const share = (size: number) => `${Math.round(100 * size)} %`;
const points = (size: number) => `${Math.round(100 * size)} points`;
const scenarios: readonly Scenario[] = [
  ...[0.05, 0.1, 0.2].map((size) => scenario(`new topic, ${share(size)}`, { kind: "new_topic", size })),
  ...[0.05, 0.1, 0.15].map((size) =>
    scenario(`Network up ${points(size)}`, { kind: "class_up", size, queue: network }),
  ),
  ...[0.05, 0.1, 0.15].map((size) =>
    scenario(`Security up ${points(size)}`, { kind: "class_up", size, queue: security }),
  ),
  ...[0.05, 0.1, 0.15].map((size) =>
    scenario(`Security down ${points(size)}`, { kind: "class_down", size, queue: security }),
  ),
  ...[0.05, 0.1, 0.15].map((size) =>
    scenario(`Software down ${points(size)}`, { kind: "class_down", size, queue: software }),
  ),
  scenario("shortened, 10 %", { kind: "short", size: 0.1 }),
  scenario("misspelt, 10 %", { kind: "misspelt", size: 0.1 }),
  scenario("German, 10 %", { kind: "german", size: 0.1 }),
  scenario("one template, 10 %", { kind: "template", size: 0.1 }),
  {
    name: "re-routed, 10 %, 100 audits",
    shift: { kind: "rerouted", size: 0.1, queue: software },
    audits: 100,
  },
  {
    name: "re-routed, 10 %, 200 audits",
    shift: { kind: "rerouted", size: 0.1, queue: software },
    audits: 200,
  },
  { name: "150 copies in an hour (no drift)", shift: "burst" },
];

function scenario(name: string, shift: Exclude<Scenario["shift"], null>): Scenario {
  return { name, shift };
}

/** Else a word where a number belongs would measure nothing, and print a table of it. */
function countOf(name: "streams" | "runs" | "rows-per-day" | "null-windows" | "history" | "audits" | "seed") {
  const count = Number(given[name]);
  if (Number.isInteger(count) && count >= 0) return count;
  return refuse(`--${name} ${given[name]} is no whole number: give one of 0 or more.`);
}

const dataFolder = process.env.EVAL_DATA_DIR;
if (dataFolder) await bench(dataFolder);
else console.error("EVAL_DATA_DIR is not set: the drift detectors are not measured.");

async function bench(folder: string): Promise<void> {
  const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
  const modelDir = process.env.MODEL_DIR || path("../.cache/models");
  const embedder = await createWorkerEmbedder({ modelDir });
  const desk = await readDesk({
    dataFolder: folder,
    bundleFolder: path("../models/starter"),
    cacheFolder: path("../.cache/bench-drift"),
    embedder,
  }).finally(() => embedder.close());
  const rowsPerDay = counts["rows-per-day"];
  const tallies = new Map<string, Tally>();
  const [windowMs, buildMs]: [number[], number[]] = [[], []];
  for (let stream = 0; stream < counts.streams; stream += 1) {
    const timed = measureStream(
      {
        desk,
        schema: { numericNames: numericFeatureNames, queues: desk.queues, urgencies },
        importance: desk.importance,
        params: defaultDriftParams,
        effects: { weekday: 0.35, day: 0.3 },
        rowsPerDay,
        historyWindows: counts.history,
        nullWindows: counts["null-windows"],
        auditsPerWindow: counts.audits,
        runsPerShift: counts.runs,
        scenarios: scenarios.filter(({ name }) => name.includes(given.only)),
        comparesEvidently: !given["without-evidently"],
        seed: 1_000 * counts.seed + stream,
      },
      tallies,
    );
    windowMs.push(...timed.windowMs);
    buildMs.push(timed.buildMs);
    console.error(`stream ${stream + 1} of ${given.streams}`);
    if (process.env.BENCH_PROGRESS) console.error(JSON.stringify([...tallies]));
  }
  print(tallies, rowsPerDay);
  if (given["audit-table"]) printAudits(desk);
  const numeric = Object.values(desk.importance.numeric).reduce((sum, value) => sum + value, 0);
  const vector = desk.importance.embedding / (desk.importance.embedding + numeric);
  console.log(
    `\nMeasured importance: ${share(vector)} the vector, ${share(1 - vector)} the numeric features.`,
  );
  console.log(
    `\nMedian time: ${quantile(windowMs, 0.5).toFixed(0)} ms a window (${(quantile(windowMs, 0.95)).toFixed(0)} ms at the 95th ` +
      `percentile), ${(quantile(buildMs, 0.5) / 1_000).toFixed(1)} s to learn a reference of ${given.history} windows.`,
  );
}

/** How soon audits alone see a tenth of all tickets re-routed, by their number, with and without audits of 60 windows in the tolerated rate. */
function printAudits({ base }: Desk): void {
  const rowsOf = [...Map.groupBy(base, ({ queue }) => queue)].map(([queue, rows]) => [queue, rows.length]);
  const common = {
    params: defaultDriftParams,
    shares: Object.fromEntries(rowsOf.map(([queue, rows]) => [queue, Number(rows) / base.length])),
    rerouted: { queue: software, size: 0.1 },
    errorRate,
    heldOutRows: heldOut.rows,
    desks: 100,
  };
  console.log(
    "\n| audits in a window | windows of history | false alarms in 100 windows | found within five windows |",
  );
  console.log("|--:|--:|--:|--:|");
  for (const historyWindows of [60, 0]) {
    for (const auditsPerWindow of [50, 100, 150, 200]) {
      const random = seededRandom(1_000 * counts.seed);
      const { alarms, windows, found, runs } = measureAudits({
        ...common,
        historyWindows,
        auditsPerWindow,
        random,
      });
      const row = [
        auditsPerWindow,
        historyWindows,
        ((100 * alarms) / windows).toFixed(2),
        (found / runs).toFixed(2),
      ];
      console.log(`| ${row.join(" | ")} |`);
    }
  }
}

function print(tallies: ReadonlyMap<string, Tally>, rowsPerDay: number): void {
  console.log(`${rowsPerDay} tickets a day; 95 % intervals (Wilson).\n`);
  console.log(
    "| windows | calibrated | mean delay | z of the queue's share | Evidently, n_ref 1,000 | Evidently, n_ref 5,000 | any column, n_ref 1,000 | runs |",
  );
  console.log("|---|--:|--:|--:|--:|--:|--:|--:|");
  for (const [name, tally] of tallies) {
    const { windows, runs, evidentlyRuns, alarms, delay, share } = tally;
    const cell = (hits: number, trials: number) => {
      if (trials === 0) return "";
      const interval = wilsonInterval(hits, trials);
      const [low, high] = [interval.low, interval.high].map((bound) =>
        (100 * bound).toFixed(windows ? 1 : 0),
      );
      return `${((100 * hits) / trials).toFixed(windows ? 1 : 0)} % (${low}-${high})`;
    };
    const mean = alarms.calibrated > 0 && runs > 0 ? (delay / alarms.calibrated).toFixed(1) : "";
    const row = [
      name,
      cell(alarms.calibrated, windows || runs),
      mean,
      share.windows > 0 ? (share.z / share.windows).toFixed(1) : "",
      cell(alarms.small, evidentlyRuns),
      cell(alarms.large, evidentlyRuns),
      cell(alarms.any, evidentlyRuns),
      String(windows || runs),
    ];
    console.log(`| ${row.join(" | ")} |`);
  }
  for (const name of ["no shift", "150 copies in an hour (no drift)"]) {
    const { diagnoses = {}, rules = {} } = tallies.get(name) ?? {};
    console.log(`\n${name}: ${JSON.stringify(diagnoses)}, windows by rule: ${JSON.stringify(rules)}`);
  }
}
