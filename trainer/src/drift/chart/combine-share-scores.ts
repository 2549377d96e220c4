/** So many audits say of a queue's share about as much as a window's predictions do (docs/drift.md has the z of both). */
const evenAudits = 100;

/** More than this many deviations of a queue in one window count as this many: a single odd week is no lasting move. */
const largestScore = 3;

/**
 * One signed z for each queue out of that of its predicted share and that of its audited share, which the vector of scores has one after the other from
 * position `first` on: (p + w a) / sqrt(1 + w^2), w^2 = audits / 100 (Stouffer's weighted sum), since what audits say grows with the root of
 * their number. Where one of the two is NaN the other speaks alone; 0 where both are. Audits beyond what is usual at this desk count as that many, for the
 * scale of their z was learnt there. -3..3.
 */
export function combineShareScores(
  scores: Float64Array,
  first: number,
  audits: { readonly here: number; readonly usual: number },
): number[] {
  const queues = (scores.length - first) / 2;
  const counted = Math.min(audits.here, audits.usual);
  const weight = Math.sqrt(counted / evenAudits);
  const shrink = audits.here > 0 ? Math.sqrt(counted / audits.here) : 1;
  return Array.from({ length: queues }, (_, queue) => {
    const predicted = scores[first + queue] ?? Number.NaN;
    const audited = (scores[first + queues + queue] ?? Number.NaN) * shrink;
    const combined = Number.isNaN(audited)
      ? predicted
      : Number.isNaN(predicted)
        ? audited
        : (predicted + weight * audited) / Math.sqrt(1 + weight ** 2);
    return Number.isNaN(combined) ? 0 : Math.min(largestScore, Math.max(-largestScore, combined));
  });
}
