import type { Bundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Classification, Features } from "@support-it-agent/shared/classifier/classifier";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { CliError } from "../cli-error.ts";
import { readJsonLines } from "../files/read-json-lines.ts";
import { classifyFeatures } from "../stages/evaluate/classify-features.ts";
import { measureLatency } from "../stages/evaluate/measure-latency.ts";
import { questionSchema } from "../stages/evaluate/measure-questions.ts";
import { type Baseline, readBaseline } from "../stages/evaluate/read-baseline.ts";
import { readPythonPredictions } from "../stages/evaluate/read-python-predictions.ts";
import { textFeatures } from "../stages/evaluate/text-features.ts";
import { attempt } from "./attempt.ts";
import { measureAgreement } from "./measure-agreement.ts";
import { isNumber, measureGolden } from "./measure-golden.ts";
import type { MeasuredRow, ModelAnswer } from "./measured-row.ts";
import type { BundleFacts, Measured, Measurements } from "./measurements.ts";
import type { GateRow, GateRows } from "./read-gate-rows.ts";
import { readTreeKinds } from "./read-tree-kinds.ts";

export type MeasureOptions = {
  readonly candidate: Bundle;
  readonly secondSeed: Measured<Bundle>;
  readonly serving: Bundle | null;
  readonly rows: GateRows;
  readonly pythonPredictionsFile: string;
  readonly baselineFile: string;
  readonly modelFolder: string;
  readonly goldenQuestionsFile: string;
  readonly cacheFolder: string;
  readonly embedder: Embedder;
};

/**
 * Scores all bundles afresh on the same rows, through the code that serves: text in, decision out. Nothing is judged here; what cannot be
 * measured says why.
 */
export async function measureCandidate(options: MeasureOptions): Promise<Measurements> {
  const { candidate, secondSeed, serving, rows, embedder, cacheFolder } = options;
  const fresh = [...rows.holdout, ...rows.recentTickets, ...rows.recentBlind];
  const texts = [...new Set([...rows.all, ...rows.recentBlind].map(({ text }) => text))];
  const features = await textFeatures(texts, embedder, cacheFolder);
  const featuresOf = new Map(texts.map((text, index) => [text, features[index]]));
  const score = (bundle: Bundle, of: readonly GateRow[]) => scoreRows(bundle, of, featuresOf);

  const byCandidate = await score(candidate, [...rows.all, ...rows.recentBlind]);
  const byServing = serving && (await score(serving, fresh));
  const second = "value" in secondSeed ? secondSeed.value : null;
  const bySecond = second && (await score(second, fresh));
  const baseline = await attempt(() => readBaseline(options.baselineFile));
  const simple = "value" in baseline ? baseline.value : null;
  const measured = (of: readonly GateRow[]) =>
    of.map((row) => measuredRow(row, { byCandidate, bySecond, byServing, simple }));
  const holdoutTexts = rows.holdout.filter(({ in_scope }) => in_scope).map(({ text }) => text);
  return {
    candidate: factsOf(candidate, byCandidate),
    secondSeed:
      second && bySecond ? { value: factsOf(second, bySecond) } : { problem: problemOf(secondSeed) },
    serving: serving && byServing && factsOf(serving, byServing),
    holdout: measured(rows.holdout),
    recent: measured([...rows.recentTickets, ...rows.recentBlind]),
    recentCounts: {
      tickets: rows.recentTickets.length,
      blind: rows.recentBlind.length,
      blindFrom: rows.blindFrom,
    },
    feedbackLeftOut: rows.feedbackLeftOut,
    baseline: simple ? { value: true } : { problem: problemOf(baseline) },
    agreement: await attempt(async () =>
      measureAgreement(
        candidate.manifest,
        await readPythonPredictions(options.pythonPredictionsFile),
        byCandidate,
      ),
    ),
    trees: await attempt(() => readTreeKinds(options.modelFolder)),
    golden: await attempt(() => askGolden(options)),
    latency: await attempt(async () => {
      const latency = await measureLatency(candidate, embedder, holdoutTexts);
      if (latency === null) throw new CliError("the holdout has no text to time");
      return latency;
    }),
  };
}

type Scored = ReadonlyMap<string, Classification>;

async function scoreRows(
  bundle: Bundle,
  rows: readonly GateRow[],
  featuresOf: ReadonlyMap<string, Features | undefined>,
): Promise<Scored> {
  const features = rows.map(({ id, text }) => {
    const found = featuresOf.get(text);
    if (found === undefined) throw new Error(`Row ${id} has no features.`);
    return found;
  });
  const said = await classifyFeatures(bundle, features);
  return new Map(rows.flatMap(({ id }, index) => (said[index] ? [[id, said[index]] as const] : [])));
}

function factsOf({ manifest, hash }: Bundle, said: Scored): BundleFacts {
  const { version, labels, feature_hash: featureHash, embedder } = manifest;
  const broken = [...said].find(([, classification]) => !isNumber(classification));
  return {
    version,
    hash,
    queues: labels.queue,
    featureHash,
    embedder,
    rowWithoutNumber: broken?.[0] ?? null,
  };
}

function measuredRow(
  { id, group, in_scope: inScope, queue, urgency }: GateRow,
  said: {
    readonly byCandidate: Scored;
    readonly bySecond: Scored | null;
    readonly byServing: Scored | null;
    readonly simple: Baseline | null;
  },
): MeasuredRow {
  const answerIn = (scored: Scored | null): ModelAnswer | null => {
    const classification = scored?.get(id);
    return classification ? answerOf(classification) : null;
  };
  const candidate = answerIn(said.byCandidate);
  if (candidate === null) throw new Error(`The classifier gave no answer for row ${id}.`);
  return {
    id,
    group,
    inScope,
    queue,
    urgency,
    candidate,
    secondSeed: answerIn(said.bySecond),
    serving: answerIn(said.byServing),
    baseline: { queue: said.simple?.queue[id] ?? null, urgency: said.simple?.urgency[id] ?? null },
  };
}

function answerOf({ queue, urgency, outOfScope }: Classification): ModelAnswer {
  const [first, ...others] = Object.entries(urgency.probabilities);
  const [label, confidence] = others.reduce(
    (best, next) => (next[1] > best[1] ? next : best),
    first ?? ["", Number.NaN],
  );
  return {
    queue: { label: queue.label, confidence: queue.confidence, abstains: queue.abstains },
    urgency: { label, confidence, actedOn: urgency.label },
    isOutOfScope: outOfScope.isOutOfScope,
  };
}

function problemOf(measured: Measured<unknown>): string {
  return "problem" in measured ? measured.problem : "";
}

async function askGolden({ candidate, goldenQuestionsFile, embedder, cacheFolder }: MeasureOptions) {
  const questions = await readJsonLines(goldenQuestionsFile, questionSchema);
  const texts = questions.map(({ question }) => prepareText(question).text);
  const said = await classifyFeatures(candidate, await textFeatures(texts, embedder, cacheFolder));
  return measureGolden(questions, said, candidate.manifest.labels.queue);
}
