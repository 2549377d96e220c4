/** A share as people read it: "77 %" with a space that does not break, "0.4 %" under one, a dash where there is none. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  const percent = share * 100;
  const digits = percent > 0 && percent < 1 ? 1 : 0;
  return `${percent.toFixed(digits)}\u00a0%`;
}
