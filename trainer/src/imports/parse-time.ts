/** How a date with slashes or dots is to be read: day or month first. */
export type DayOrder = "dmy" | "mdy";

/**
 * An export's time as ISO 8601 in UTC: ISO with T or a space, seconds or milliseconds since 1970, a Date, and 31/01/2026 10:30 or
 * 1/31/2026 10:30 PM by `order`. A time without a zone is taken as UTC. Undefined where it is none of these, or no such day.
 */
export function parseTime(value: unknown, order: DayOrder | undefined): string | undefined {
  if (value instanceof Date) return isoOf(value.getTime());
  if (typeof value === "number" || typeof value === "bigint") return isoOfNumber(Number(value));
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (/^\d{9,14}$/.test(text)) return isoOfNumber(Number(text));
  const iso =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(
      text,
    );
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction = "0", zone = "Z"] = iso;
    const at = fromParts([year, month, day, hour, minute, second], Number(`0.${fraction}`) * 1_000);
    return at === undefined ? undefined : isoOf(at - zoneMs(zone));
  }
  const local =
    /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ ,T]+(\d{1,2}):(\d\d)(?::(\d\d))?\s*(?:([ap])\.?m\.?)?)?$/i.exec(
      text,
    );
  if (!local || !order) return undefined;
  const [, first, second, year, clockHour, minute, seconds, half] = local;
  const hour = half === undefined ? clockHour : hourOfDay(Number(clockHour), half);
  const [day, month] = order === "dmy" ? [first, second] : [second, first];
  const at = fromParts([year, month, day, hour, minute, seconds], 0);
  return at === undefined ? undefined : isoOf(at);
}

/** The hour of the day of 12 AM, 1 AM, ... 11 PM; one that no day has for 0 and for 13 and more. */
function hourOfDay(hour: number, half: string): string {
  if (hour < 1 || hour > 12) return "24";
  return String((hour % 12) + (half.toLowerCase() === "p" ? 12 : 0));
}

/** Milliseconds in UTC; undefined for the 30th of February and its like. */
function fromParts(parts: readonly (string | undefined)[], ms: number): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second, Math.floor(ms)));
  const isSame = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60;
  return isSame ? date.getTime() : undefined;
}

function zoneMs(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0;
}

/** Seconds up to the year 5138, milliseconds from 1973 on: the two do not meet. */
const isoOfNumber = (value: number) => isoOf(Math.abs(value) < 1e11 ? value * 1_000 : value);

function isoOf(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
