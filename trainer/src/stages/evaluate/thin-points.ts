/** At most some 200 points, the last among them: a curve does not need one for each row. */
export function thinPoints<Point>(points: readonly Point[], most = 200): Point[] {
  const step = Math.max(1, Math.ceil(points.length / most));
  return points.filter((_, index) => (points.length - 1 - index) % step === 0);
}
