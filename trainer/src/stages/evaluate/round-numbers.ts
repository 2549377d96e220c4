/** The same value with every number in it rounded to 4 digits after the point, so that files differ only where it matters. */
export function roundNumbers<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, inner) => (typeof inner === "number" ? Math.round(inner * 1e4) / 1e4 : inner)),
  );
}
