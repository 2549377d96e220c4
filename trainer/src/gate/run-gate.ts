import { checkEmbedder } from "@support-it-agent/shared/bundle/check-embedder";
import { type Bundle, loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import type { GateParams } from "../params.ts";
import { attempt } from "./attempt.ts";
import type { GateCheck, GateReport } from "./gate-report.ts";
import { holdoutHash } from "./holdout-hash.ts";
import { judgeCandidate } from "./judge-candidate.ts";
import { measureCandidate } from "./measure-candidate.ts";
import { labelKinds } from "./measured-row.ts";
import { type GateRows, readGateRows } from "./read-gate-rows.ts";

export type GateOptions = {
  readonly candidateFolder: string;
  /** Bundle of the same training from another seed. */
  readonly secondSeedFolder: string;
  /** The bundle that serves; null where none does. */
  readonly servingFolder: string | null;
  readonly snapshotFolder: string;
  /** What the export and baseline stages and the train stage left of this candidate. */
  readonly pythonPredictionsFile: string;
  readonly baselineFile: string;
  readonly modelFolder: string;
  readonly goldenQuestionsFile: string;
  /** Time of the newest row that the serving model was trained on, where it is known: GateReport.trainedUntil of its own gate. */
  readonly servingTrainedUntil: string | null;
  readonly cacheFolder: string;
  readonly embedder: Embedder;
  readonly params: GateParams;
  readonly seed: number;
  readonly isPerformanceAlarm: boolean;
  /** A person said that this is the first model of its data set: it is compared with the linear baseline. */
  readonly isFirst: boolean;
  /** How often a gate looked at this data set's holdout before. */
  readonly earlierLooks: number;
  /** Hashes of bundles that were taken back once. */
  readonly quarantinedHashes: readonly string[];
  readonly log: (line: string) => void;
};

/**
 * Both keys: measures the candidate beside the serving model and judges it (docs/gate.md). A refusal is a report, as is a check that could not run;
 * rejects where the snapshot itself cannot be read or a bundle cannot be run. Nothing is written.
 */
export async function runGate(options: GateOptions): Promise<GateReport> {
  const { servingFolder, embedder, params, log } = options;
  const [candidate, secondSeed, serving] = await Promise.all([
    attempt(() => open(options.candidateFolder, embedder)),
    attempt(() => open(options.secondSeedFolder, embedder)),
    attempt(async () => (servingFolder === null ? null : open(servingFolder, embedder))),
  ]);
  const bundles = {
    candidate: "value" in candidate ? factsOf(candidate.value) : null,
    serving: "value" in serving && serving.value ? factsOf(serving.value) : null,
  };
  const early = (check: GateCheck): GateReport => ({
    ...bundles,
    ...withoutLook,
    passed: false,
    reason: reasonOf([check]),
    checks: [check],
    earlierLooks: options.earlierLooks,
  });
  if ("problem" in candidate) return early(bundleCheck("failed", candidate.problem));
  if ("problem" in serving)
    return early(bundleCheck("could_not_run", `the serving bundle cannot be scored: ${serving.problem}`));
  const { hash, version } = factsOf(candidate.value);
  if (hash === serving.value?.hash)
    return early(
      bundleCheck("failed", `${version} is the same bundle as the serving one: there is nothing to ship`),
    );
  if (options.quarantinedHashes.includes(hash)) {
    return early(
      bundleCheck(
        "failed",
        `${version} is in quarantine: it served once and was taken back. Train on other data or parameters`,
      ),
    );
  }

  const rows = await readGateRows(options.snapshotFolder, options.servingTrainedUntil);
  log(
    `Scoring ${version} and ${bundles.serving?.version ?? "the linear baseline"} on ${rows.holdout.length} rows held out and ` +
      `${rows.recentTickets.length + rows.recentBlind.length} recent ones`,
  );
  const measured = await measureCandidate({
    ...options,
    candidate: candidate.value,
    secondSeed,
    serving: serving.value,
    rows,
  });
  const { comparedWith, checks } = judgeCandidate(measured, { ...options, embedder: embedder.maker });
  return {
    passed: checks.every(({ status }) => status === "passed"),
    reason: reasonOf(checks),
    ...bundles,
    comparedWith,
    checks,
    labels: [...labelKinds],
    rows: {
      holdout: rows.holdout.length,
      recent: measured.recent.length,
      recentTickets: rows.recentTickets.length,
      recentBlind: rows.recentBlind.length,
      feedbackLeftOut: rows.feedbackLeftOut,
    },
    holdoutHash: holdoutHash(rows.holdout.map(({ id }) => id)),
    earlierLooks: options.earlierLooks,
    trainedUntil: rows.trainedUntil,
    notes: notesFor(rows, options.earlierLooks, params),
  };
}

async function open(folder: string, embedder: Embedder): Promise<Bundle> {
  const bundle = await loadBundle(readBundleFolder(folder));
  checkEmbedder(bundle, embedder.maker);
  return bundle;
}

const factsOf = ({ manifest, hash }: Bundle) => ({ version: manifest.version, hash });

function bundleCheck(status: "failed" | "could_not_run", why: string): GateCheck {
  return { key: 2, name: "bundle", status, why, numbers: {} };
}

/** Of a gate that decided before it looked at any row. */
const withoutLook = {
  comparedWith: null,
  labels: [] as string[],
  rows: { holdout: 0, recent: 0, recentTickets: 0, recentBlind: 0, feedbackLeftOut: 0 },
  holdoutHash: null,
  trainedUntil: null,
  notes: [] as string[],
};

/** One sentence: what passed, or the first thing that did not and how many there are. */
function reasonOf(checks: readonly GateCheck[]): string {
  const failed = checks.filter(({ status }) => status === "failed");
  const notRun = checks.filter(({ status }) => status === "could_not_run");
  const [first] = [...failed, ...notRun];
  if (first === undefined) return `All ${checks.length} checks passed.`;
  const more = failed.length + notRun.length - 1;
  const others = more > 0 ? ` (and ${more} more)` : "";
  const verb = first.status === "failed" ? "" : "could not run: ";
  return `${first.name}: ${verb}${first.why}${others}.`;
}

function notesFor(rows: GateRows, earlierLooks: number, { most_looks }: GateParams): string[] {
  return [
    ...(rows.feedbackLeftOut > 0
      ? [
          `${rows.feedbackLeftOut} corrections of holdout and recent window are not measured on: they were made because a model erred.`,
        ]
      : []),
    ...(earlierLooks >= most_looks
      ? [
          `The holdout was looked at ${earlierLooks} times before and is worn: what passes may have learnt it by choice. ` +
            "Trust the recent window more than it, and import new tickets: a share of them joins the holdout.",
        ]
      : []),
  ];
}
