import type { AuditedPrediction } from "../windows/audited-prediction.ts";
import type { ErrorCount } from "./tolerated-rate.ts";

/** Errors on held-out rows, of all and by the queue that was predicted. */
export type ErrorReference = ErrorCount & { readonly byQueue: Readonly<Record<string, ErrorCount>> };

/** Of no rows. */
export const noErrors: ErrorReference = { rows: 0, wrong: 0, byQueue: {} };

/**
 * What a model got wrong when it was proven, with audits of its usual windows counted in: a few hundred held-out rows know a queue's rate to three or
 * four points, thousands of audits without an alarm to one.
 */
export function addAuditedErrors(
  reference: ErrorReference,
  audited: readonly Pick<AuditedPrediction, "queue" | "isWrong">[],
): ErrorReference {
  let [rows, wrong] = [reference.rows, reference.wrong];
  const byQueue = { ...reference.byQueue };
  for (const { queue, isWrong } of audited) {
    const [before, more] = [byQueue[queue] ?? { rows: 0, wrong: 0 }, isWrong ? 1 : 0];
    byQueue[queue] = { rows: before.rows + 1, wrong: before.wrong + more };
    rows += 1;
    wrong += more;
  }
  return { rows, wrong, byQueue };
}
