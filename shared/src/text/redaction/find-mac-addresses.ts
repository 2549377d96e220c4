import type { Span } from "./span.ts";

/**
 * MAC addresses in the three usual spellings: 00:1a:2b:3c:4d:5e, 00-1A-2B-3C-4D-5E and 001a.2b3c.4d5e (this one with a letter in
 * it); without marks after the word "MAC" only.
 */
export function findMacAddresses(text: string): Span[] {
  return Array.from(text.matchAll(address), ({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
    type: "MAC" as const,
  }));
}

const address =
  /(?<=(?<!\p{L})mac(?: address| adresse)?[ :=-]{1,3})[\dA-Fa-f]{12}(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}_])(?:(?<![\p{L}\p{N}][:.-])|(?<=(?<!\p{L})mac[:-]))(?:[\dA-Fa-f]{2}([:-])(?:[\dA-Fa-f]{2}\1){4}[\dA-Fa-f]{2}|(?=[\d.]{0,13}[A-Fa-f])[\dA-Fa-f]{4}\.[\dA-Fa-f]{4}\.[\dA-Fa-f]{4})(?![\p{L}\p{N}_]|[:.-][\p{L}\p{N}])/giu;
