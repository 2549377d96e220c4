/** The day (UTC) of a moment in milliseconds since 1970: "2026-11-22". */
export function formatDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
