// The trainer's door: node trainer/src/cli.ts COMMAND [options]. Reads the environment, opens files and threads, exits.
// Exit codes: 0 done, 2 a considered no (data not ready, a check failed), 1 anything else. Without a known COMMAND it prints the usage.
import { cpus } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createWorkerEmbedder } from "@support-it-agent/shared/node/embedder/create-worker-embedder";
import { CliError } from "./cli-error.ts";
import { readParams } from "./params.ts";
import { dvcRepro } from "./processes/dvc-repro.ts";
import { evaluate } from "./stages/evaluate/evaluate.ts";
import { featurize } from "./stages/featurize/featurize.ts";
import { snapshot } from "./stages/snapshot/snapshot.ts";
import { readPreviousMetrics } from "./tracking/read-previous-metrics.ts";

const usage = `Usage: node trainer/src/cli.ts COMMAND

  snapshot  --tickets FOLDER [--articles FOLDER] --out FOLDER --params FILE --data-set NAME
            Labelled tickets -> prepared text, near-duplicate groups, splits.
  featurize --snapshot FOLDER --out FILE.arrow
            A snapshot -> the feature table that Python trains on.
  evaluate  --bundle FOLDER --snapshot FOLDER --python-predictions FILE.arrow --out FILE.json [--plots FOLDER]
            [--report FOLDER] [--second-seed BUNDLE_FOLDER] [--test-set FOLDER] [--questions FILE]
            The exported bundle in the serving code, on rows that no fit has seen.
  train     [--force] [STAGE...]
            dvc repro: all of the above and the Python stages between them, what changed alone.

The weights of the embedder are read from MODEL_DIR, or .cache/models.`;

const root = fileURLToPath(new URL("../..", import.meta.url));
const log = (line: string) => console.error(line);

const commands: Record<string, (args: string[]) => Promise<void>> = {
  snapshot: async (args) => {
    const options = readOptions(args, ["tickets", "out", "params", "data-set"], ["articles"]);
    const params = await readParams(options.params, options["data-set"]);
    const { tickets: ticketsFolder, articles: articlesFolder, out: outFolder } = options;
    await snapshot({ ticketsFolder, articlesFolder, outFolder, params, log });
  },

  featurize: async (args) => {
    const options = readOptions(args, ["snapshot", "out"]);
    const embedder = await openEmbedder();
    await featurize({
      snapshotFolder: options.snapshot,
      outFile: options.out,
      cacheFolder: `${root}/.cache/embeddings`,
      embedder,
      log,
    }).finally(() => embedder.close());
  },

  evaluate: async (args) => {
    const names = ["bundle", "snapshot", "python-predictions", "out"] as const;
    const optional = ["plots", "report", "second-seed", "test-set", "questions"] as const;
    const options = readOptions(args, names, optional);
    const embedder = await openEmbedder();
    await evaluate({
      bundleFolder: options.bundle,
      secondSeedFolder: options["second-seed"],
      snapshotFolder: options.snapshot,
      pythonPredictionsFile: options["python-predictions"],
      testSetFolder: options["test-set"],
      questionsFile: options.questions,
      outFile: options.out,
      plotsFolder: options.plots,
      reportFolder: options.report,
      cacheFolder: `${root}/.cache/embeddings`,
      embedder,
      readPrevious: (version) =>
        readPreviousMetrics({ file: resolve(options.out), version, env: environment(), root }),
      log,
    }).finally(() => embedder.close());
  },

  train: async (args) => {
    const { values, positionals } = parseArgs({
      args,
      options: { force: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const interrupted = new AbortController();
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupted.abort());
    const { force } = values;
    await dvcRepro({ root, targets: positionals, force, env: environment(), signal: interrupted.signal });
  },
};

try {
  const [name = "", ...args] = process.argv.slice(2);
  const command = commands[name];
  if (command === undefined) throw new CliError(usage);
  await command(args);
} catch (error) {
  if (error instanceof CliError) console.error(error.message);
  else if (isUsageError(error)) console.error(`${error.message}\n\n${usage}`);
  else console.error(error);
  process.exitCode = error instanceof CliError ? error.exitCode : 1;
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

function openEmbedder() {
  const modelDir = process.env.MODEL_DIR || `${root}/.cache/models`;
  return createWorkerEmbedder({ modelDir, workers: Math.min(2, cpus().length), onFallback: log });
}
