/** "90d" -> 90: days from 1 to 3650. NaN for anything else. */
export function parseExpiry(text: string): number {
  const days = Number(/^(\d{1,4})d?$/.exec(text.trim())?.[1] ?? "NaN");
  return days >= 1 && days <= 3_650 ? days : Number.NaN;
}
