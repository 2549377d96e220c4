import type { GateParams } from "../params.ts";
import { checkBundle } from "./checks/check-bundle.ts";
import { checkAgreement, checkTrees } from "./checks/check-export.ts";
import { checkGolden, checkLatency } from "./checks/check-serving.ts";
import type { GateCheck } from "./gate-report.ts";
import { judgeKeyOne } from "./judge-key-one.ts";
import type { BundleFacts, Measurements } from "./measurements.ts";

export type JudgeOptions = {
  /** A person said that this is the first model of its kind. */
  readonly isFirst: boolean;
  readonly isPerformanceAlarm: boolean;
  /** Maker of the embedder that serves. */
  readonly embedder: string;
  readonly params: GateParams;
  readonly seed: number;
};

/** With what a candidate is compared, and the checks of both keys. Pure: the same measurements give the same checks. */
export function judgeCandidate(
  measured: Measurements,
  options: JudgeOptions,
): { comparedWith: "serving" | "baseline"; checks: GateCheck[] } {
  const { candidate, serving } = measured;
  const { params, seed, isPerformanceAlarm } = options;
  const hasOtherLabels = serving !== null && !hasSameQueues(candidate, serving);
  const comparedWith = serving === null || hasOtherLabels || options.isFirst ? "baseline" : "serving";
  const keyOne = (model: "candidate" | "secondSeed") =>
    judgeKeyOne(measured, { model, comparedWith, isPerformanceAlarm, params, seed });

  const numbers = checkNumbers(measured);
  const checks: GateCheck[] = [
    ...(comparedWith === "baseline" ? [checkStartedByPerson(candidate, serving, options.isFirst)] : []),
    numbers,
    // Metrics of what is no number say nothing.
    ...(numbers.status === "passed" ? [...keyOne("candidate"), checkSecondSeed(measured, keyOne)] : []),
    ...checkBundle(candidate, serving, options.embedder),
    checkAgreement(measured.agreement, params),
    checkTrees(measured.trees),
    checkGolden(measured.golden, params),
    checkLatency(measured.latency, params),
  ];
  return { comparedWith, checks };
}

/** A model with a queue more or less decides another question: their figures cannot be compared. */
function hasSameQueues(candidate: BundleFacts, serving: BundleFacts): boolean {
  return JSON.stringify([...candidate.queues].sort()) === JSON.stringify([...serving.queues].sort());
}

function checkStartedByPerson(
  candidate: BundleFacts,
  serving: BundleFacts | null,
  isFirst: boolean,
): GateCheck {
  const added = candidate.queues.filter((queue) => !serving?.queues.includes(queue));
  const gone = (serving?.queues ?? []).filter((queue) => !candidate.queues.includes(queue));
  const what =
    serving === null
      ? "no model serves yet"
      : added.length + gone.length === 0
        ? "it is said to be the first of its data set"
        : `its queues are others than the serving model's (new: ${added.join(", ") || "none"}; gone: ${gone.join(", ") || "none"})`;
  return {
    key: 1,
    name: "started by a person",
    status: isFirst ? "passed" : "failed",
    why: isFirst
      ? `${what}, and a person started it: compared with the linear baseline`
      : `${what}: a person must start it (--first)`,
    numbers: { isFirst, added, gone },
  };
}

function checkNumbers({ candidate, secondSeed, serving }: Measurements): GateCheck {
  const second = "value" in secondSeed ? secondSeed.value : null;
  const broken = [
    ["the candidate", candidate],
    ["the second seed", second],
    ["the serving model", serving],
  ].flatMap(([name, bundle]) =>
    typeof name === "string" && bundle && typeof bundle !== "string" && bundle.rowWithoutNumber !== null
      ? [{ name, row: bundle.rowWithoutNumber }]
      : [],
  );
  return {
    key: 1,
    name: "probabilities are numbers",
    status: broken.length === 0 ? "passed" : "failed",
    why:
      broken.length === 0
        ? "every probability of every measured row is one"
        : `${broken.map(({ name, row }) => `${name} says of row ${row} what is no number`).join("; ")}: look at the row's text, and train again`,
    numbers: { rows: broken.map(({ row }) => row) },
  };
}

/** Rule 5: the second seed passes what the first one passes, so that none ships by luck. */
function checkSecondSeed(
  measured: Measurements,
  keyOne: (model: "secondSeed") => readonly GateCheck[],
): GateCheck {
  const common = { key: 1, name: "second seed" } as const;
  if ("problem" in measured.secondSeed) {
    return { ...common, status: "could_not_run", why: measured.secondSeed.problem, numbers: {} };
  }
  const checks = keyOne("secondSeed");
  const short = checks.filter(({ status }) => status !== "passed");
  const status = short.some((check) => check.status === "failed")
    ? "failed"
    : short.length > 0
      ? "could_not_run"
      : "passed";
  return {
    ...common,
    status,
    why:
      short.length === 0
        ? `the same training from another seed passes the same ${checks.length} checks`
        : `the same training from another seed does not pass: ${short.map(({ name, why }) => `${name} (${why})`).join("; ")}`,
    numbers: Object.fromEntries(
      checks.map(({ name, status: each, numbers }) => [name, { status: each, ...numbers }]),
    ),
  };
}
