import type { Random } from "../../metrics/seeded-random.ts";

/** One model's answer to a labelled row. */
export type Answer = { readonly label: string; readonly confidence: number };

/** A labelled row with the answers of two models. */
export type PairedRow = {
  /** Near-duplicates have one group: the unit that is drawn. */
  readonly group: string;
  readonly truth: string;
  readonly ours: Answer;
  readonly theirs: Answer;
};

/** A difference ours - theirs: on the rows themselves, and in each draw that had a value, ascending. */
export type DrawnDifference = { readonly point: number; readonly draws: Float64Array };

export type PairedDraws = {
  /** Mean of F1 over the classes that the drawn rows have: one that neither has nor may get a row says nothing. */
  readonly macroF1: DrawnDifference;
  /** Expected calibration error, 15 bins of equal mass. */
  readonly ece: DrawnDifference;
  /** Area under the risk-coverage curve, and that of the other model on the rows themselves. */
  readonly riskCoverage: DrawnDifference & { readonly theirs: number };
};

const eceBins = 15;

/**
 * A paired bootstrap (Efron, 1979) over groups: each draw takes as many groups as there are, with replacement, and both models are measured
 * on the same drawn rows, so that what is hard for both cancels out. Definitions are those of metrics/expected-calibration-error.ts and
 * metrics/risk-coverage.ts, on weights instead of copies, so that 2,000 draws of 1,000 rows take a quarter of a second. With fewer
 * than two groups there are no draws.
 */
export function pairedDraws(
  rows: readonly PairedRow[],
  { draws, random }: { readonly draws: number; readonly random: Random },
): PairedDraws {
  const groupOfRow = numbered(rows.map(({ group }) => group));
  const groups = groupOfRow.count;
  const measureOurs = prepareModel(rows, ({ ours }) => ours);
  const measureTheirs = prepareModel(rows, ({ theirs }) => theirs);
  const weights = new Uint32Array(rows.length).fill(1);
  const [ours, theirs] = [measureOurs(weights), measureTheirs(weights)];
  const drawn: Record<keyof ModelMeasures, number[]> = { macroF1: [], ece: [], riskCoverage: [] };
  const times = new Uint32Array(groups);
  for (let draw = 0; groups >= 2 && draw < draws; draw += 1) {
    times.fill(0);
    for (let pick = 0; pick < groups; pick += 1) {
      const group = Math.floor(random() * groups);
      times[group] = (times[group] ?? 0) + 1;
    }
    for (let row = 0; row < rows.length; row += 1) weights[row] = times[groupOfRow.of[row] ?? 0] ?? 0;
    const a = measureOurs(weights);
    const b = measureTheirs(weights);
    for (const name of ["macroF1", "ece", "riskCoverage"] as const) {
      const difference = a[name] - b[name];
      if (Number.isFinite(difference)) drawn[name].push(difference);
    }
  }
  const difference = (name: keyof ModelMeasures): DrawnDifference => ({
    point: ours[name] - theirs[name],
    draws: Float64Array.from(drawn[name]).sort(),
  });
  return {
    macroF1: difference("macroF1"),
    ece: difference("ece"),
    riskCoverage: { ...difference("riskCoverage"), theirs: theirs.riskCoverage },
  };
}

/** Values as numbers from 0 in the order in which they come first. */
function numbered(values: readonly string[]): { of: Uint32Array; count: number } {
  const numbers = new Map<string, number>();
  const of = Uint32Array.from(values, (value) => {
    const known = numbers.get(value) ?? numbers.size;
    numbers.set(value, known);
    return known;
  });
  return { of, count: numbers.size };
}

type ModelMeasures = { readonly macroF1: number; readonly ece: number; readonly riskCoverage: number };

/** One model's measures as a function of how often each row is drawn. Rows are sorted once. */
function prepareModel(
  rows: readonly PairedRow[],
  answerOf: (row: PairedRow) => Answer,
): (weights: Uint32Array) => ModelMeasures {
  const classes = numbered(rows.flatMap((row) => [row.truth, answerOf(row).label]));
  const truth = Uint32Array.from(rows, (_, row) => classes.of[2 * row] ?? 0);
  const said = Uint32Array.from(rows, (_, row) => classes.of[2 * row + 1] ?? 0);
  const confidence = Float64Array.from(rows, (row) => answerOf(row).confidence);
  const ascending = Uint32Array.from(rows.keys()).sort(
    (a, b) => (confidence[a] ?? 0) - (confidence[b] ?? 0) || a - b,
  );
  const support = new Float64Array(classes.count);
  const predicted = new Float64Array(classes.count);
  const hits = new Float64Array(classes.count);

  const macroF1 = (weights: Uint32Array): number => {
    support.fill(0);
    predicted.fill(0);
    hits.fill(0);
    for (let row = 0; row < rows.length; row += 1) {
      const weight = weights[row] ?? 0;
      if (weight === 0) continue;
      const is = truth[row] ?? 0;
      const called = said[row] ?? 0;
      support[is] = (support[is] ?? 0) + weight;
      predicted[called] = (predicted[called] ?? 0) + weight;
      if (is === called) hits[is] = (hits[is] ?? 0) + weight;
    }
    let sum = 0;
    let present = 0;
    for (let k = 0; k < classes.count; k += 1) {
      if ((support[k] ?? 0) === 0) continue;
      present += 1;
      sum += (2 * (hits[k] ?? 0)) / ((support[k] ?? 0) + (predicted[k] ?? 0));
    }
    return sum / present;
  };

  const ece = (weights: Uint32Array, drawnRows: number): number => {
    const bins = Math.min(eceBins, drawnRows);
    let taken = 0;
    let bin = 0;
    let gap = 0;
    let gapSum = 0;
    let binEnd = Math.floor(drawnRows / bins);
    for (let place = 0; place < ascending.length; place += 1) {
      const row = ascending[place] ?? 0;
      const error = (confidence[row] ?? 0) - (truth[row] === said[row] ? 1 : 0);
      for (let left = weights[row] ?? 0; left > 0; left -= 1) {
        gap += error;
        taken += 1;
        if (taken < binEnd) continue;
        gapSum += Math.abs(gap);
        gap = 0;
        bin += 1;
        binEnd = Math.floor(((bin + 1) * drawnRows) / bins);
      }
    }
    return gapSum / drawnRows;
  };

  const riskCoverage = (weights: Uint32Array, drawnRows: number): number => {
    let taken = 0;
    let errors = 0;
    let riskSum = 0;
    for (let end = ascending.length; end > 0; ) {
      const tie = confidence[ascending[end - 1] ?? 0];
      let size = 0;
      let errorsHere = 0;
      let start = end;
      for (; start > 0 && confidence[ascending[start - 1] ?? 0] === tie; start -= 1) {
        const row = ascending[start - 1] ?? 0;
        const weight = weights[row] ?? 0;
        size += weight;
        if (truth[row] !== said[row]) errorsHere += weight;
      }
      for (let more = 1; more <= size; more += 1)
        riskSum += (errors + (errorsHere * more) / size) / (taken + more);
      taken += size;
      errors += errorsHere;
      end = start;
    }
    return riskSum / drawnRows;
  };

  return (weights) => {
    const drawnRows = weights.reduce((sum, weight) => sum + weight, 0);
    return {
      macroF1: macroF1(weights),
      ece: ece(weights, drawnRows),
      riskCoverage: riskCoverage(weights, drawnRows),
    };
  };
}
