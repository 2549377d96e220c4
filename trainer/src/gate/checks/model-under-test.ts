import type { LabelKind, MeasuredRow, ModelAnswer } from "../measured-row.ts";
import type { Answer, PairedRow } from "../statistics/paired-draws.ts";

/** Which of the candidate's two seeds is judged. */
export type Seed = "candidate" | "secondSeed";

/** A row that has a label of this kind, with the answer of the seed under test. */
export type LabelledRow = {
  readonly row: MeasuredRow;
  readonly truth: string;
  readonly ours: ModelAnswer;
};

export function labelledRows(rows: readonly MeasuredRow[], kind: LabelKind, seed: Seed): LabelledRow[] {
  return rows.flatMap((row) => {
    const [truth, ours] = [row[kind], row[seed]];
    return row.inScope && truth !== null && ours !== null ? [{ row, truth, ours }] : [];
  });
}

/** The rows that both the seed under test and the serving model answered, as pairs. */
export function pairsWithServing(rows: readonly MeasuredRow[], kind: LabelKind, seed: Seed): PairedRow[] {
  return labelledRows(rows, kind, seed).flatMap(({ row, truth, ours }) =>
    row.serving ? [{ group: row.group, truth, ours: ours[kind], theirs: row.serving[kind] }] : [],
  );
}

/** The rows that both the seed under test and the linear baseline answered. A baseline has no confidence. */
export function pairsWithBaseline(rows: readonly MeasuredRow[], kind: LabelKind, seed: Seed): PairedRow[] {
  return labelledRows(rows, kind, seed).flatMap(({ row, truth, ours }) => {
    const label = row.baseline[kind];
    const theirs: Answer | null = label === null ? null : { label, confidence: 1 };
    return theirs ? [{ group: row.group, truth, ours: ours[kind], theirs }] : [];
  });
}
