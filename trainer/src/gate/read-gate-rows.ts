import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJsonLines } from "../files/read-json-lines.ts";
import { blindRowSchema, blindRowsFileName } from "../stages/snapshot/blind-row.ts";
import {
  type SnapshotRow,
  snapshotRowSchema,
  snapshotRowsFileName,
} from "../stages/snapshot/snapshot-row.ts";

/** A row to measure on; one of the blind slice is in no split. */
export type GateRow = Omit<SnapshotRow, "split">;

export type GateRows = {
  /** Every row of the snapshot: Python and ONNX are compared on all of them. */
  readonly all: readonly SnapshotRow[];
  readonly holdout: readonly GateRow[];
  readonly recentTickets: readonly GateRow[];
  readonly recentBlind: readonly GateRow[];
  readonly blindFrom: string | null;
  readonly feedbackLeftOut: number;
  /** Time of the newest row that the candidate was fitted on; null where none has a time. */
  readonly trainedUntil: string | null;
};

/**
 * The rows of a snapshot that are fair to both models. Corrections (source "feedback") are in neither set: they are there because the
 * model that served then erred, so by them any other model looks better. Recent rows are newer than `servingTrainedUntil`, or, where that
 * is not known, than what the candidate was trained on, which is no earlier. Rejects with CliError where the snapshot cannot be read.
 */
export async function readGateRows(
  snapshotFolder: string,
  servingTrainedUntil: string | null,
): Promise<GateRows> {
  const all = await readJsonLines(join(snapshotFolder, snapshotRowsFileName), snapshotRowSchema);
  const blindFile = join(snapshotFolder, blindRowsFileName);
  const blind = existsSync(blindFile) ? await readJsonLines(blindFile, blindRowSchema) : [];
  const trainedUntil = newestOf(all.filter(({ split }) => split === "train" || split === "calibration"));
  const blindFrom = servingTrainedUntil ?? trainedUntil;
  const isNewer = ({ created_at: time }: GateRow) =>
    time !== null && (blindFrom === null || time > blindFrom);
  const measured = all.filter(({ split }) => split === "holdout" || split === "recent");
  const fair = measured.filter(({ source }) => source !== "feedback");
  return {
    all,
    holdout: fair.filter(({ split }) => split === "holdout"),
    recentTickets: fair.filter((row) => row.split === "recent" && isNewer(row)),
    recentBlind: blind.filter(isNewer),
    blindFrom,
    feedbackLeftOut: measured.length - fair.length,
    trainedUntil,
  };
}

function newestOf(rows: readonly SnapshotRow[]): string | null {
  return rows.reduce<string | null>(
    (newest, { created_at: time }) => (time !== null && (newest === null || time > newest) ? time : newest),
    null,
  );
}
