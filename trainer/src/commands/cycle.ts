import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { CliError } from "../cli-error.ts";
import { parseTrainerConfig } from "../config.ts";
import { abandonTraining } from "../cycle/abandon-training.ts";
import { clearScratch } from "../cycle/clear-scratch.ts";
import { createCycleLog } from "../cycle/create-cycle-log.ts";
import { createStages } from "../cycle/create-stages.ts";
import { dryRunCycle } from "../cycle/dry-run-cycle.ts";
import { findArrived } from "../cycle/find-arrived.ts";
import { monitorTraffic } from "../cycle/monitor-traffic.ts";
import { readCycleParams } from "../cycle/read-cycle-params.ts";
import { type CycleDeps, type CycleSummary, runCycle } from "../cycle/run-cycle.ts";
import type { StageContext } from "../cycle/stage-context.ts";
import { openTrainingDatabase } from "../database/open-training-database.ts";

export const cycleUsage = `  cycle     [--data-set NAME] [--train | --first] [--dry-run], or --abandon
            One run of the closed loop (docs/cycle.md): goes on with the training under way, else looks at the new windows and trains where
            they ask for it. --train trains whatever they say; --first lets a first model, or one with other labels, ship where it
            beats a linear baseline. --dry-run prints what would be done, and each command of it, and changes nothing. --abandon ends the
            training under way and does nothing else. Prints a summary as JSON.`;

export type CycleCommandDeps = {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly openEmbedder: () => Promise<Embedder>;
  readonly isTerminal: boolean;
  readonly log: (line: string) => void;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
};

/** One process runs cycles at a time. */
const leaseName = "cycle";

/** `trainer cycle`: what the CronJob runs. Rejects where a stage failed; whatever it decided otherwise is a success. */
export async function cycleCommand(args: readonly string[], deps: CycleCommandDeps): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  if (values.train && values.first) throw new CliError(`--train or --first, not both.\n\n${cycleUsage}`);
  if (values.abandon && (values.train || values.first || values["dry-run"]))
    throw new CliError(`--abandon stands alone.\n\n${cycleUsage}`);
  const request = { dataSet: values["data-set"], trainsAnyway: values.train, isFirst: values.first };
  const config = parseTrainerConfig(deps.env);
  const params = await readCycleParams(join(deps.root, "params.yaml"));
  const log = createCycleLog({ isTerminal: deps.isTerminal, write: deps.log });
  const database = await openTrainingDatabase(deps.env);
  let embedder: Promise<Embedder> | undefined;
  const context: StageContext = {
    config,
    params,
    database,
    openEmbedder: () => {
      embedder ??= deps.openEmbedder();
      return embedder;
    },
    root: deps.root,
    scratchDir: resolve(deps.root, config.scratchDir),
    env: deps.env,
    log,
  };
  try {
    if (values["dry-run"]) return await dryRunCycle(context, request, deps.signal);
    const cycleDeps: CycleDeps = {
      database,
      lease: {
        name: leaseName,
        ttlMs: 1_000 * params.lease_seconds,
        onRenewalFailed: (error) =>
          log.info(
            `The lease could not be renewed, and is tried again: ${error instanceof Error ? error.message : error}`,
          ),
      },
      maxAttempts: params.max_attempts,
      monitor: ({ bundleHash }, signal) =>
        monitorTraffic(context, { bundleHash, dataSet: request.dataSet }, signal),
      stages: createStages(context),
      findArrived: (cycle, signal) => findArrived(context, cycle, signal),
      clearScratch: () => clearScratch({ database, scratchDir: context.scratchDir, log: log.info }),
      log,
      signal: deps.signal,
    };
    const summary = await (values.abandon ? abandonTraining(cycleDeps) : runCycle(cycleDeps, request));
    deps.print(JSON.stringify(summary));
    if (deps.isTerminal) deps.log(describe(summary));
  } finally {
    await embedder?.then(
      (opened) => opened.close(),
      () => {},
    );
    await database.close();
  }
}

/** The run at a glance. */
function describe({ lease, decisions, cycle }: CycleSummary): string {
  if (lease === "taken_by_another") return "\nAnother process runs a cycle.";
  const lines = decisions.map(
    ({ reasonCode, reason }) => `  ${reasonCode.padEnd(20)} ${reason.split("\n")[0]}`,
  );
  const where = cycle ? `Training ${cycle.id}: ${cycle.stage}.` : "No training is under way.";
  return ["", ...lines, where].join("\n");
}

const options = {
  "data-set": { type: "string", default: "current" },
  train: { type: "boolean", default: false },
  first: { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  abandon: { type: "boolean", default: false },
} as const;
