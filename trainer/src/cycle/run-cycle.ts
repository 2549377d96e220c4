import type { Database } from "@support-it-agent/shared/database/database";
import type { SQL } from "drizzle-orm";
import type { CycleLog } from "./create-cycle-log.ts";
import { type CycleStore, createCycleStore } from "./create-cycle-store.ts";
import { type CycleRequest, decideTraining } from "./decide-training.ts";
import { findServing, type Serving } from "./find-serving.ts";
import { findUndecidedReport } from "./find-undecided-report.ts";
import { type DecisionRecord, type ReasonCode, recordDecision } from "./record-decision.ts";
import { ScratchLostError } from "./scratch-lost-error.ts";
import { LeaseLostError, type LeaseOptions, takeLease } from "./take-lease.ts";
import { type CycleOutcome, type CycleStage, cycleStages, type TrainingCycle } from "./training-cycle.ts";

/** What a stage made of its turn. `facts` are kept under its name; `reason` is one sentence for a person. */
export type StageResult = {
  /** Done, and the next stage follows; wait: not yet, the next run asks again; else the training ends so. */
  readonly verdict: "next" | "wait" | CycleOutcome;
  readonly reasonCode: ReasonCode;
  readonly reason: string;
  readonly facts: unknown;
};

/**
 * One stage. Begun anew after a kill, so it looks first at what is done already. Rejects where something broke: it is then tried again by
 * the next run, `maxAttempts` times in a row. `signal` aborts when the lease is lost or the run is interrupted.
 */
export type RunStage = (cycle: TrainingCycle, signal: AbortSignal) => Promise<StageResult>;

export type CycleDeps = {
  readonly database: Database;
  readonly lease: LeaseOptions;
  readonly maxAttempts: number;
  /** Assesses every complete new window of live traffic and stores its report. */
  readonly monitor: (serving: Serving, signal: AbortSignal) => Promise<unknown>;
  readonly stages: Readonly<Record<CycleStage, RunStage>>;
  /** Asks the branch before the stage "publish" is given up: what it came to, where its model is there all the same; else null. */
  readonly findArrived: (cycle: TrainingCycle, signal: AbortSignal) => Promise<StageResult | null>;
  /** Removes what ended trainings left in scratch space, and never rejects. */
  readonly clearScratch: () => Promise<void>;
  readonly log: CycleLog;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
};

/** What one run came to, for stdout: its decisions in order, and where the training is that it worked on. */
export type CycleSummary = {
  readonly lease: "held" | "taken_by_another";
  readonly decisions: readonly DecisionRecord[];
  readonly cycle: { readonly id: string; readonly stage: CycleStage | CycleOutcome } | null;
};

/**
 * One run: goes on with the training that is under way; else assesses the new windows, decides, and trains where that is the decision. Each decision
 * is a row of training_decisions before what it decided is begun. Rejects with LeaseLostError, DatabaseUnavailableError, or what made a stage
 * fail; whatever it was, the next run goes on from the last finished stage.
 */
export async function runCycle(deps: CycleDeps, request: CycleRequest): Promise<CycleSummary> {
  const lease = await takeLease(deps.database, deps.lease);
  if (lease === null) {
    deps.log.info("Another process runs a cycle: nothing to do here.");
    return { lease: "taken_by_another", decisions: [], cycle: null };
  }
  const run: Run = {
    ...deps,
    store: createCycleStore(deps.database, lease),
    isHeld: lease.isHeld,
    signal: AbortSignal.any([deps.signal, lease.lost]),
    decisions: [],
  };
  try {
    await run.clearScratch();
    let open: TrainingCycle | null = await run.store.findOpen();
    let outcome: CycleSummary["cycle"] = null;
    if (open) ({ open, summary: outcome } = await goOn(run, open));
    // While a new model is watched the desk is still looked at; any other stage is waited for.
    if (open && open.stage !== "watch") return summarise(run, outcome);
    // Who asks for a training while one is under way has asked for that one.
    const wish = outcome ? { ...request, trainsAnyway: false, isFirst: false } : request;
    const begun = await lookAtTraffic(run, wish, open);
    if (begun) ({ summary: outcome } = await goOn(run, begun));
    return summarise(run, outcome);
  } finally {
    await lease.release();
  }
}

type Run = CycleDeps & {
  readonly store: CycleStore;
  readonly isHeld: SQL<boolean>;
  readonly decisions: DecisionRecord[];
};

/** Windows, diagnosis, decision. Resolves with the training that it began; null where there is nothing to train or one is under way. */
async function lookAtTraffic(
  run: Run,
  request: CycleRequest,
  open: TrainingCycle | null,
): Promise<TrainingCycle | null> {
  const serving = await findServing(run.database);
  const started = performance.now();
  if (serving) await run.log.step("windows", () => run.monitor(serving, run.signal));
  const report = serving && (await findUndecidedReport(run.database, serving.bundleHash));
  const decision = decideTraining({ serving, report, request, openStage: open?.stage ?? null });
  const { trigger, ...record } = decision;
  // Begun before its decision is written: killed in between, the training goes on, and the report is no longer undecided once it is.
  const begun =
    trigger === null || serving === null
      ? null
      : await run.store.begin({
          dataSet: request.dataSet,
          trigger,
          servingHash: serving.bundleHash,
          driftReportId: record.driftReportId ?? null,
        });
  const cycleId = begun?.id;
  await decide(run, {
    ...record,
    cycleId,
    modelVersion: serving?.modelVersion ?? null,
    cost: costSince(started),
  });
  return begun;
}

/** Runs stage after stage until one waits or the training ends. `open` is null where it ended. */
async function goOn(run: Run, begun: TrainingCycle) {
  let cycle = begun;
  for (;;) {
    run.signal.throwIfAborted();
    const { stage } = cycle;
    const isGivenUp = stage !== "confirm" && stage !== "watch" && cycle.attempts >= run.maxAttempts;
    if (!isGivenUp) cycle = await run.store.countAttempt(cycle);
    const started = performance.now();
    const result = await runStage(run, cycle, isGivenUp ? giveUp(run) : run.stages[stage]);
    if (result instanceof ScratchLostError) {
      cycle = await run.store.restart(cycle);
      continue;
    }
    const { reasonCode, reason, facts } = result;
    await decideOn(run, cycle, { reasonCode, reason, numbers: facts, cost: costSince(started) });
    if (result.verdict === "wait") {
      const open = await run.store.moveOn(cycle, stage, facts);
      return { open, summary: { id: cycle.id, stage } };
    }
    const next = result.verdict === "next" ? cycleStages[cycleStages.indexOf(stage) + 1] : undefined;
    if (next === undefined) {
      const outcome = result.verdict === "next" ? "promoted" : result.verdict;
      await run.store.end(cycle, outcome, facts);
      await run.clearScratch();
      return { open: null, summary: { id: cycle.id, stage: outcome } };
    }
    cycle = await run.store.moveOn(cycle, next, facts);
  }
}

/** Ends a training whose stage was begun too often; one whose model is on the branch by now goes on as any other. */
function giveUp({ findArrived }: Run): RunStage {
  return async (cycle, signal) => {
    const { stage, attempts } = cycle;
    const arrived = stage === "publish" ? await findArrived(cycle, signal) : null;
    if (arrived) return arrived;
    const reason = `The stage "${stage}" was begun ${attempts} times and never came to an end.`;
    return { verdict: "abandoned", reasonCode: "abandoned", reason, facts: { attempts } };
  };
}

/** Resolves with ScratchLostError where the training has to begin again; rejects, once that is written down, with whatever else went wrong. */
async function runStage(
  run: Run,
  cycle: TrainingCycle,
  work: RunStage,
): Promise<StageResult | ScratchLostError> {
  const { stage } = cycle;
  try {
    return await run.log.step(stage, () => work(cycle, run.signal));
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    if (error instanceof ScratchLostError && cycle.restarts < run.maxAttempts) return error;
    const reason = error instanceof Error ? error.message : String(error);
    await decideOn(run, cycle, { reasonCode: "stage_failed", reason });
    throw error;
  }
}

async function decideOn(
  run: Run,
  cycle: TrainingCycle,
  decision: Omit<DecisionRecord, "modelVersion" | "cycleId">,
): Promise<void> {
  const serving = await findServing(run.database);
  const { driftReportId } = cycle;
  await decide(run, {
    ...decision,
    driftReportId,
    cycleId: cycle.id,
    modelVersion: serving?.modelVersion ?? null,
  });
}

async function decide(run: Run, decision: DecisionRecord): Promise<void> {
  if (!(await recordDecision(run.database, decision, run.isHeld))) throw new LeaseLostError(run.lease.name);
  run.decisions.push(decision);
  run.log.info(`${decision.reasonCode}: ${decision.reason}`);
}

function costSince(started: number) {
  return { seconds: Math.round((performance.now() - started) / 10) / 100 };
}

function summarise({ decisions }: Run, cycle: CycleSummary["cycle"]): CycleSummary {
  return { lease: "held", decisions, cycle };
}
