import type { Serving } from "./find-serving.ts";
import type { DecidedAssessment, UndecidedReport } from "./find-undecided-report.ts";
import type { DecisionRecord, ReasonCode } from "./record-decision.ts";
import type { CycleStage, TrainingCycle } from "./training-cycle.ts";

/** What a person, or the CronJob, asks of a run. */
export type CycleRequest = {
  readonly dataSet: string;
  /** A person wants a training whatever the windows say. */
  readonly trainsAnyway: boolean;
  /** A person lets a first model, or one with other labels, ship: the gate then compares it with a linear baseline. */
  readonly isFirst: boolean;
};

export type TrainingDecision = Pick<DecisionRecord, "reasonCode" | "reason" | "numbers" | "driftReportId"> & {
  /** What a training is begun for; null: none is begun. */
  readonly trigger: TrainingCycle["trigger"] | null;
};

/**
 * The decision of one run, on the newest report that no run has decided on. Where several windows are new at once the newest speaks: the chart
 * remembers those before it. A person's word goes before cool-downs, and nothing goes before a training that is under way.
 */
export function decideTraining(found: {
  readonly serving: Serving | null;
  readonly report: UndecidedReport | null;
  readonly request: CycleRequest;
  readonly openStage: CycleStage | null;
}): TrainingDecision {
  const { serving, report, request, openStage } = found;
  if (serving === null) {
    const reason =
      "No API has recorded a bundle that serves: start one on this database (./scripts/start), and run this again.";
    return { trigger: null, reasonCode: "no_model_serving", reason };
  }
  const newest = report?.assessment;
  const about = { numbers: newest && numbersOf(newest), driftReportId: report?.id ?? null };
  const said = newest?.reason ?? "No complete new window since the last run.";
  if (openStage !== null) {
    const reason = `${said} A training is under way (${openStage}): no other begins.`;
    return {
      ...about,
      trigger: null,
      reasonCode: newest ? reasonOf(newest, false) : "no_new_window",
      reason,
    };
  }
  if (request.trainsAnyway || request.isFirst) {
    const trigger = request.isFirst ? "first" : "asked";
    const reason = `A person asked for a ${request.isFirst ? "first model" : "training"}. ${said}`;
    return { ...about, trigger, reasonCode: "training_begun", reason };
  }
  if (newest === undefined) return { trigger: null, reasonCode: "no_new_window", reason: said };
  const begins = newest.training.wanted && newest.training.heldBack === null;
  const trigger = newest.diagnosis === "performance_alarm" ? "performance_alarm" : "drift";
  return { ...about, trigger: begins ? trigger : null, reasonCode: reasonOf(newest, begins), reason: said };
}

function reasonOf({ diagnosis }: DecidedAssessment, begins: boolean): ReasonCode {
  if (begins) return "training_begun";
  return diagnosis === "drift" || diagnosis === "performance_alarm" ? "held_back" : diagnosis;
}

/** What the decision hangs on, without the rows of every feature: those are in the report. */
function numbersOf({ window, diagnosis, training, chart, errors, faults, bursts }: DecidedAssessment) {
  return {
    window: {
      start: new Date(window.start).toISOString(),
      end: new Date(window.end).toISOString(),
      rows: window.rows,
      duplicates: window.duplicates,
    },
    diagnosis,
    training,
    chart: chart && {
      isWarmingUp: chart.isWarmingUp,
      driftShare: chart.driftShare,
      driftShareLimit: chart.driftShareLimit,
      suite: chart.suite,
      single: chart.single,
      shares: chart.shares,
      performance: chart.performance,
    },
    errors,
    faults,
    bursts: bursts.length,
  };
}
