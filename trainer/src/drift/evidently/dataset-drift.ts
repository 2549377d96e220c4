import type { Column } from "./column.ts";
import { type ColumnDrift, columnDrift } from "./column-drift.ts";

export type EvidentlyThresholds = {
  /** KS drifts at p <= this (Evidently compares so), chi-square and z at p < this. */
  readonly pValue: number;
  /** A distance drifts from this on. */
  readonly distance: number;
  /** Share of drifted columns from which on the data set has drifted. */
  readonly driftShare: number;
};

/** Evidently's own thresholds for columns; .30 of the columns as this product has it (.50 in Evidently). */
export const evidentlyThresholds: EvidentlyThresholds = { pValue: 0.05, distance: 0.1, driftShare: 0.3 };

export type DatasetDrift = {
  readonly columns: readonly (ColumnDrift & { readonly drifted: boolean })[];
  /** Columns that a side had no value of: neither drifted nor not, and not counted in the share. */
  readonly incomparable: readonly string[];
  /** Drifted among compared columns; 0 where none could be compared. */
  readonly driftShare: number;
  readonly drifted: boolean;
};

/** Evidently's default data set drift: every column by itself, then the share of those that drifted. Columns are matched by name. */
export function datasetDrift(
  reference: readonly Column[],
  current: readonly Column[],
  thresholds: EvidentlyThresholds = evidentlyThresholds,
): DatasetDrift {
  const named = new Map(current.map((column) => [column.name, column]));
  const compared = reference.map((column) => {
    const other = named.get(column.name) ?? { ...column, values: [] };
    return { name: column.name, drift: columnDrift(column, other) };
  });
  const columns = compared.flatMap(({ drift }) =>
    drift === null ? [] : [{ ...drift, drifted: isDrifted(drift, thresholds) }],
  );
  const driftShare = columns.filter(({ drifted }) => drifted).length / Math.max(1, columns.length);
  return {
    columns,
    incomparable: compared.flatMap(({ name, drift }) => (drift === null ? [name] : [])),
    driftShare,
    drifted: columns.length > 0 && driftShare >= thresholds.driftShare,
  };
}

function isDrifted({ test, score, scoreKind }: ColumnDrift, thresholds: EvidentlyThresholds): boolean {
  if (scoreKind === "distance") return score >= thresholds.distance;
  return test === "ks" ? score <= thresholds.pValue : score < thresholds.pValue;
}
