import type { DataSetParams } from "../../params.ts";
import type { BlindRow } from "./blind-row.ts";
import { groupNearDuplicates } from "./group-near-duplicates.ts";
import type { SetAsideRow } from "./set-aside-row.ts";
import type { PreparedRow } from "./snapshot.ts";
import type { SnapshotRow } from "./snapshot-row.ts";

/** The rows of the blind slice that may measure, and how many labels there were. */
export type BlindChoice = {
  readonly rows: readonly BlindRow[];
  readonly labelled: number;
  /** Left out: near-duplicates of what a model is, or was, fitted on. */
  readonly nearTrained: number;
  /** Left out: no model knows their queue yet. */
  readonly rareQueue: number;
};

/**
 * Which labels of the blind slice are measured on. They are grouped after the rows have their groups and splits, beside them: no label
 * of the slice moves a row that trains. One near to a row that measures has that row's group.
 */
export function chooseBlindRows(
  blind: readonly PreparedRow[],
  snapshot: {
    readonly rows: readonly SnapshotRow[];
    readonly setAside: readonly SetAsideRow[];
    readonly prepared: readonly PreparedRow[];
    readonly params: Pick<DataSetParams, "snapshot">;
  },
): BlindChoice {
  const { rows, setAside, prepared, params } = snapshot;
  const labelled = blind.filter(({ text }) => text !== "").sort((a, b) => (a.id < b.id ? -1 : 1));
  const textOf = new Map(prepared.map(({ id, text }) => [id, text]));
  const trained = [
    ...rows.filter(({ split }) => split === "train" || split === "calibration").map(({ text }) => text),
    ...setAside.flatMap(({ id, was_trained }) => (was_trained ? (textOf.get(id) ?? []) : [])),
  ];
  const measured = rows.filter(({ split }) => split === "holdout" || split === "recent");
  const texts = [...trained, ...measured.map(({ text }) => text), ...labelled.map(({ text }) => text)];
  const firstOf =
    labelled.length > 0 ? groupNearDuplicates(texts, params.snapshot.near_duplicate_cosine) : [];
  const firstBlind = trained.length + measured.length;
  const queues = new Set(rows.map(({ queue }) => queue));

  const chosen: BlindRow[] = [];
  let [nearTrained, rareQueue] = [0, 0];
  labelled.forEach((row, index) => {
    // Groups are named by their first member, and what is trained on stands first.
    const first = firstOf[firstBlind + index] ?? firstBlind + index;
    const queue = row.labels.inScope ? row.labels.queue : null;
    if (first < trained.length) nearTrained += 1;
    else if (queue !== null && !queues.has(queue)) rareQueue += 1;
    else {
      const group = measured[first - trained.length]?.group ?? labelled[first - firstBlind]?.id ?? row.id;
      chosen.push({
        id: row.id,
        group,
        language: row.language,
        in_scope: row.labels.inScope,
        queue,
        urgency: row.labels.inScope ? row.labels.urgency : null,
        text: row.text,
        source: row.source,
        created_at: row.createdAt,
      });
    }
  });
  return { rows: chosen, labelled: blind.length, nearTrained, rareQueue };
}
