import type { Span } from "./span.ts";

/** E-mail addresses with a domain of at least two labels, letters of any script. */
export function findEmails(text: string): Span[] {
  return Array.from(text.matchAll(address), ({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
    type: "EMAIL" as const,
  }));
}

const address =
  /[\p{L}\p{N}_+][\p{L}\p{N}._%+'-]{0,63}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,6}\.\p{L}[\p{L}\p{N}-]{0,22}[\p{L}\p{N}]/gu;
