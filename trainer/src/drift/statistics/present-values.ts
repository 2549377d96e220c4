/** The finite numbers of `values`, and how many were missing: null, undefined, NaN and infinities all are (as in Evidently). */
export function presentValues(values: Iterable<number | null | undefined>): {
  present: number[];
  missing: number;
} {
  const all = [...values];
  const present = all.filter((value): value is number => Number.isFinite(value));
  return { present, missing: all.length - present.length };
}
