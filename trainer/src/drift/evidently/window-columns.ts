import { certainty } from "../reference/encode-row.ts";
import type { DriftRow, DriftSchema } from "../windows/drift-row.ts";
import type { Column } from "./column.ts";

/**
 * Rows as the columns that `evidently` mode compares: numeric features, top probability, entropy, predicted queue and urgency. The 384 dimensions of the
 * vector are left out: tested one by one at .05 they would give 19 false alarms a window.
 */
export function windowColumns(rows: readonly DriftRow[], schema: DriftSchema): Column[] {
  const numeric = schema.numericNames.map(
    (name, position): Column => ({
      name,
      type: "numerical",
      values: rows.map(({ numeric }) => numeric[position] ?? null),
    }),
  );
  const certainties = rows.map(({ queueProbabilities }) => certainty(queueProbabilities));
  return [
    ...numeric,
    { name: "top_probability", type: "numerical", values: certainties.map(([top]) => top) },
    { name: "entropy", type: "numerical", values: certainties.map(([, entropy]) => entropy) },
    { name: "predicted_queue", type: "categorical", values: rows.map(({ queue }) => queue) },
    { name: "predicted_urgency", type: "categorical", values: rows.map(({ urgency }) => urgency) },
  ];
}
