import type { DriftRow, DriftSchema } from "./drift-row.ts";

export type DataFault = {
  readonly kind: "missing_values" | "empty_text" | "foreign_language" | "constant_column" | "one_caller";
  /** The column, language or caller at fault. */
  readonly subject: string;
  /** The share that was found, and the one from which on it is a fault. */
  readonly share: number;
  readonly limit: number;
};

export type DataFaultLimits = {
  /** Share of missing vectors, or of missing values of one numeric feature. */
  readonly missingShare: number;
  /** Share of rows whose text is shorter than 3 characters. */
  readonly emptyShare: number;
  /** Share by which a language exceeds its share in the reference: a misrouted mailbox, not a change of topics. */
  readonly languageRise: number;
  /** A feature is constant in the window, and in the reference its commonest value has at most this share. */
  readonly constantBelowShare: number;
  /** Share of rows of a single caller. */
  readonly callerShare: number;
};

/** What the reference says of itself for these checks. */
export type FaultBaseline = {
  /** Share of each language. */
  readonly languages: Readonly<Record<string, number>>;
  /** Share of the commonest value of each numeric feature, by position. */
  readonly commonestShares: readonly number[];
  /** Largest share of a known caller. */
  readonly callerShare: number;
};

/** A column that is constant this often in rows of the reference is no fault. */
const largestChance = 1e-6;

/**
 * What is wrong with the data rather than with the world. A fault is an alert for the operator: training on such rows would make the
 * fault part of the model. Checked before any statistic. An empty window has no faults.
 */
export function findDataFaults(
  rows: readonly DriftRow[],
  schema: DriftSchema,
  baseline: FaultBaseline,
  limits: DataFaultLimits,
): DataFault[] {
  if (rows.length === 0) return [];
  const faults: DataFault[] = [];
  const report = (kind: DataFault["kind"], subject: string, share: number, limit: number) => {
    if (share > limit) faults.push({ kind, subject, share, limit });
  };
  const shareOf = (test: (row: DriftRow) => boolean) => rows.filter(test).length / rows.length;

  report(
    "missing_values",
    "embedding",
    shareOf(({ embedding }) => embedding === null),
    limits.missingShare,
  );
  report(
    "empty_text",
    "text",
    shareOf(({ text }) => text.trim().length < 3),
    limits.emptyShare,
  );
  for (const [position, name] of schema.numericNames.entries()) {
    const values = rows.map(({ numeric }) => numeric[position] ?? Number.NaN);
    const missing = values.filter((value) => !Number.isFinite(value)).length / rows.length;
    report("missing_values", name, missing, limits.missingShare);
    const constant = missing === 0 && values.every((value) => value === values[0]);
    const commonest = baseline.commonestShares[position] ?? 1;
    const isByChance = commonest ** rows.length > largestChance;
    if (constant && commonest <= limits.constantBelowShare && !isByChance) {
      faults.push({ kind: "constant_column", subject: name, share: 1, limit: limits.constantBelowShare });
    }
  }
  for (const [language, share] of sharesOf(rows.map((row) => row.language))) {
    report("foreign_language", language, share, (baseline.languages[language] ?? 0) + limits.languageRise);
  }
  const callers = rows.flatMap(({ caller }) => (caller === null ? [] : [caller]));
  const callerLimit = Math.max(limits.callerShare, baseline.callerShare + (1 - baseline.callerShare) / 2);
  for (const [caller, share] of sharesOf(callers)) {
    report("one_caller", caller, (share * callers.length) / rows.length, callerLimit);
  }
  return faults;
}

/** Share of each value, the commonest first. */
function sharesOf(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]): [string, number] => [value, count / values.length])
    .sort((a, b) => b[1] - a[1]);
}
