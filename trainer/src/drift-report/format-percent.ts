/** A share (0..1) with one digit behind the point: "12.3 %". */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
