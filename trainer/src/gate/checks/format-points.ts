/** A difference of shares in points: "+1.8" for .018, with a minus sign that is one. */
export function formatPoints(difference: number): string {
  const points = (difference * 100).toFixed(1);
  if (/^-?0\.0$/.test(points)) return "0.0";
  return difference < 0 ? `−${points.slice(1)}` : `+${points}`;
}
