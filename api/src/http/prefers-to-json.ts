import type { Context } from "hono";
import { accepts } from "hono/accepts";

/**
 * True where the request's Accept names `type` and wants it no less than JSON, which is what it gets otherwise (RFC 9110, section 12.5.1;
 * the most specific range counts, and a quality of 0 refuses). A wildcard alone is no wish for `type`.
 */
export function prefersToJson(c: Context, type: string): boolean {
  const chosen = accepts(c, {
    header: "Accept",
    supports: [type, json],
    default: json,
    match: (accepted) => {
      const qualityOf = (...ranges: readonly string[]): number => {
        const found = ranges.map((range) => accepted.find((entry) => entry.type.toLowerCase() === range));
        return found.find((entry) => entry !== undefined)?.q ?? 0;
      };
      const quality = qualityOf(type);
      return quality > 0 && quality >= qualityOf(json, "application/*", "*/*") ? type : json;
    },
  });
  return chosen === type;
}

const json = "application/json";
