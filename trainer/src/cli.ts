// The trainer's door: node trainer/src/cli.ts COMMAND [options]. Reads the environment, opens files and threads, exits.
// Exit codes: 0 done, 2 a considered no (data not ready, a check failed), 1 anything else. --help prints the usage.
import { cpus } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createWorkerEmbedder } from "@support-it-agent/shared/node/embedder/create-worker-embedder";
import "@support-it-agent/shared/node/without-telemetry";
import { z } from "zod";
import { CliError } from "./cli-error.ts";
import { cycleCommand, cycleUsage } from "./commands/cycle.ts";
import { driftCommand, driftUsage } from "./commands/drift.ts";
import { gateCommand, gateUsage } from "./commands/gate.ts";
import { replayCommand, replayUsage } from "./commands/replay.ts";
import { openTrainingDatabase } from "./database/open-training-database.ts";
import { readParams } from "./params.ts";
import { dvcRepro } from "./processes/dvc-repro.ts";
import { evaluate } from "./stages/evaluate/evaluate.ts";
import { featurize } from "./stages/featurize/featurize.ts";
import { snapshot } from "./stages/snapshot/snapshot.ts";
import { takeSnapshot } from "./take-snapshot.ts";
import { logRun } from "./tracking/log-run.ts";
import { readPreviousMetrics } from "./tracking/read-previous-metrics.ts";
import { runFilesOf } from "./tracking/run-files-of.ts";
import { setAlias } from "./tracking/set-alias.ts";

const usage = `Usage: node trainer/src/cli.ts COMMAND

  snapshot  --tickets FOLDER | --database  [--articles FOLDER] [--previous FOLDER]
            --out FOLDER --params FILE --data-set NAME
            Labelled tickets -> prepared text, near-duplicate groups, splits. --database is the one of DATABASE_URL, or
            the embedded one in DATA_DIR; --previous is the snapshot whose holdout stays as it is.
  featurize --snapshot FOLDER --out FILE.arrow
            A snapshot -> the feature table that Python trains on. Embeddings are cached on disk, and in the database of
            DATABASE_URL where it is set.
  evaluate  --bundle FOLDER --snapshot FOLDER --python-predictions FILE.arrow --out FILE.json [--plots FOLDER]
            [--report FOLDER] [--baseline FILE.json] [--second-seed BUNDLE_FOLDER] [--test-set FOLDER] [--questions FILE]
            The exported bundle in the serving code, on rows that no fit has seen.
  train     [--data-set NAME] [--from FOLDER | --database] [--force] [--no-log-run] [STAGE...]
            dvc repro: all of the above and the Python stages between them, what changed alone; then log-run. For a data set
            other than starter, the default, a snapshot of tickets is taken first where --from or --database says of which.
  log-run   --data-set NAME [--with-texts]
            The training in models/NAME -> MLflow, registered as challenger; once for each bundle.
  set-alias --data-set NAME --version BUNDLE_VERSION --alias champion|challenger
            Which bundle of MLflow's registry bears the alias.
${driftUsage}
${replayUsage}
${gateUsage}
${cycleUsage}

The weights of the embedder are read from MODEL_DIR, or .cache/models. MLflow's store is the folder .mlflow, or the server in
MLFLOW_TRACKING_URI (with MLFLOW_TRACKING_TOKEN, or _USERNAME and _PASSWORD, where it asks for them).`;

const root = fileURLToPath(new URL("../..", import.meta.url));
const log = (line: string) => console.error(line);
const print = (line: string) => console.log(line);
/** Vectors that were made before, for every stage of every training. */
const embeddingCacheFolder = process.env.EMBEDDING_CACHE_DIR || `${root}/.cache/embeddings`;

const commands: Record<string, (args: string[]) => Promise<void>> = {
  snapshot: async (args) => {
    const usesDatabase = args.includes("--database");
    const rest = args.filter((argument) => argument !== "--database");
    const options = readOptions(rest, ["out", "params", "data-set"], ["tickets", "articles", "previous"]);
    const params = await readParams(options.params, options["data-set"]);
    const database = usesDatabase ? await openTrainingDatabase(process.env) : undefined;
    await snapshot({
      dataSet: options["data-set"],
      ticketsFolder: options.tickets,
      articlesFolder: options.articles,
      previousFolder: options.previous,
      outFolder: options.out,
      database,
      params,
      log,
    }).finally(() => database?.close());
  },

  featurize: async (args) => {
    const options = readOptions(args, ["snapshot", "out"]);
    const embedder = await openEmbedder();
    const database = process.env.DATABASE_URL ? await openEmbeddingsDatabase() : undefined;
    await featurize({
      snapshotFolder: options.snapshot,
      outFile: options.out,
      cacheFolder: embeddingCacheFolder,
      embedder,
      database,
      log,
    }).finally(() => Promise.all([embedder.close(), database?.close()]));
  },

  evaluate: async (args) => {
    const names = ["bundle", "snapshot", "python-predictions", "out"] as const;
    const optional = ["baseline", "plots", "report", "second-seed", "test-set", "questions"] as const;
    const options = readOptions(args, names, optional);
    const embedder = await openEmbedder();
    await evaluate({
      bundleFolder: options.bundle,
      secondSeedFolder: options["second-seed"],
      snapshotFolder: options.snapshot,
      pythonPredictionsFile: options["python-predictions"],
      testSetFolder: options["test-set"],
      questionsFile: options.questions,
      baselineFile: options.baseline,
      outFile: options.out,
      plotsFolder: options.plots,
      reportFolder: options.report,
      cacheFolder: embeddingCacheFolder,
      embedder,
      readPrevious: (version) =>
        readPreviousMetrics({ file: resolve(options.out), version, env: environment(), root }),
      log,
    }).finally(() => embedder.close());
  },

  train: async (args) => {
    const { values, positionals } = parseArgs({
      args,
      options: {
        "data-set": { type: "string", default: "starter" },
        from: { type: "string" },
        database: { type: "boolean", default: false },
        force: { type: "boolean", default: false },
        "no-log-run": { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
    const { "data-set": dataSet, force } = values;
    const running = { root, env: environment(), signal: untilInterrupted() };
    if (dataSet !== "starter") {
      const params = await readParams(`${root}/params.yaml`, dataSet);
      const database = values.database ? await openTrainingDatabase(process.env) : undefined;
      const from = {
        ticketsFolder: values.from && resolve(process.env.CALLER_DIR || "", values.from),
        database,
      };
      await takeSnapshot({ ...running, dataSet, from, params, log }).finally(() => database?.close());
    } else if (values.from || values.database)
      throw new CliError(
        `The starter is trained from data/starter: give --data-set current too.\n\n${usage}`,
      );

    // The last stage needs all others of its data set, and none of another's, whose data may not be there.
    const targets = positionals.length > 0 ? positionals : [`evaluate@${dataSet}`];
    await dvcRepro({ ...running, targets, force });
    // A stage by its name is work in progress; a whole pipeline is a training to write down.
    if (positionals.length === 0 && !values["no-log-run"]) await logTraining(dataSet, false);
  },

  "log-run": async (args) => {
    const options = { "data-set": { type: "string" }, "with-texts": { type: "boolean" } } as const;
    const { values } = parseArgs({ args, options });
    const dataSet = values["data-set"];
    if (!dataSet) throw new CliError(`Missing: --data-set\n\n${usage}`);
    await logTraining(dataSet, values["with-texts"] ?? false);
  },

  "set-alias": async (args) => {
    const options = readOptions(args, ["data-set", "version", "alias"]);
    const alias = z.enum(["champion", "challenger"]).safeParse(options.alias).data;
    if (alias === undefined) throw new CliError(`--alias is champion or challenger.\n\n${usage}`);
    const bundleVersion = options.version;
    const dataSet = options["data-set"];
    const modelVersion = await setAlias({ ...trackingPlace(), dataSet, bundleVersion, alias });
    log(`Model version ${modelVersion} (bundle ${bundleVersion}) is ${alias} of ${dataSet}.`);
  },

  drift: (args) =>
    driftCommand(args, { root, env: process.env, openEmbedder, log, print, signal: untilInterrupted() }),
  replay: (args) =>
    replayCommand(args, { root, env: process.env, openEmbedder, log, print, signal: untilInterrupted() }),
  gate: (args) => gateCommand(args, { root, openEmbedder, log }),
  cycle: (args) =>
    cycleCommand(args, {
      root,
      env: environment(),
      openEmbedder,
      isTerminal: process.stderr.isTTY === true,
      log,
      print,
      signal: untilInterrupted(),
    }),
};

try {
  const [name = "", ...args] = process.argv.slice(2);
  const command = commands[name];
  if ([name, ...args].some((word) => word === "--help" || word === "-h")) print(usage);
  else if (command === undefined) throw new CliError(usage);
  else await command(args);
} catch (error) {
  if (error instanceof CliError) console.error(error.message);
  else if (isUsageError(error)) console.error(`${error.message}\n\n${usage}`);
  else console.error(error);
  process.exitCode = error instanceof CliError ? error.exitCode : 1;
}

async function logTraining(dataSet: string, withTexts: boolean): Promise<void> {
  const run = await logRun({ ...trackingPlace(), ...runFilesOf(dataSet, root), dataSet, withTexts });
  log(`MLflow (${run.store}): run ${run.run_id}, ${run.model_name} version ${run.model_version}.`);
}

function trackingPlace() {
  return { root, env: environment(), storeFolder: `${root}/.mlflow` };
}

/** Aborts at the first Ctrl-C or SIGTERM. */
function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupted.abort());
  return interrupted.signal;
}

/** What a child process may see: all of this process's environment. */
function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function readOptions<const Name extends string, const Optional extends string = never>(
  args: string[],
  names: readonly Name[],
  optional: readonly Optional[] = [],
): Record<Name, string> & Partial<Record<Optional, string>> {
  const options = Object.fromEntries(
    [...names, ...optional].map((name) => [name, { type: "string" }] as const),
  );
  const { values } = parseArgs({
    args,
    options: options as Record<string, { type: "string" }>,
    strict: true,
  });
  const missing = names.filter((name) => !values[name]);
  if (missing.length > 0)
    throw new CliError(`Missing: ${missing.map((name) => `--${name}`).join(", ")}\n\n${usage}`);
  return values as Record<Name, string> & Partial<Record<Optional, string>>;
}

/** An option that parseArgs does not know, or one without its value. */
function isUsageError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

/** The database's vectors save time and decide nothing: without it the stage goes on. */
function openEmbeddingsDatabase() {
  return openTrainingDatabase(process.env).catch((error: unknown) => {
    log(`Embeddings are cached on disk alone: ${error instanceof Error ? error.message : error}`);
    return undefined;
  });
}

function openEmbedder() {
  const modelDir = process.env.MODEL_DIR || `${root}/.cache/models`;
  return createWorkerEmbedder({ modelDir, workers: Math.min(2, cpus().length), onFallback: log });
}
