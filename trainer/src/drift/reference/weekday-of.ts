export const weekdayCount = 7;

const dayMs = 86_400_000;

/** The weekday of a time (milliseconds since 1970, UTC): 0 is Thursday, as the first day of 1970 was one. */
export function weekdayOf(at: number): number {
  return ((Math.floor(at / dayMs) % weekdayCount) + weekdayCount) % weekdayCount;
}
