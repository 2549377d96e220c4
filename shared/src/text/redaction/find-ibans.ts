import type { Span } from "./span.ts";

/** Bank account numbers (ISO 13616): a known country, that country's length, and the mod-97 check. Blanks, dashes and case do not matter. */
export function findIbans(text: string): Span[] {
  const spans: Span[] = [];
  for (const { index, 0: head } of text.matchAll(starts)) {
    const length = lengthOfCountry[head.slice(0, 2).toUpperCase()];
    if (length === undefined) continue;
    const end = endOfCharacters(text, index, length);
    if (end === undefined || !passesMod97(text.slice(index, end))) continue;
    spans.push({ start: index, end, type: "IBAN" });
  }
  return spans;
}

/** The word IBAN may stand right before: "IBANFR14...". */
const starts =
  /(?:(?<![\p{L}\p{N}])|(?<=(?<![\p{L}\p{N}])(?:iban|rib)))[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z\d])/giu;

/** Offset after the `count`-th letter or digit from `start`, single blanks and dashes between; undefined where it is cut or runs on. */
function endOfCharacters(text: string, start: number, count: number): number | undefined {
  let seen = 0;
  for (let i = start; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (/[A-Za-z\d]/.test(character)) seen += 1;
    else if (!/[ -]/.test(character) || /[ -]/.test(text.charAt(i - 1))) return undefined;
    if (seen === count) return /[\p{L}\p{N}]/u.test(text.charAt(i + 1)) ? undefined : i + 1;
  }
  return undefined;
}

/** The first four characters moved to the end, letters as 10..35, the whole modulo 97 is 1. */
function passesMod97(iban: string): boolean {
  const plain = iban.replace(/[ -]/g, "").toUpperCase();
  let rest = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Characters of an IBAN by country (SWIFT's IBAN registry). */
const lengthOfCountry: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BR: 29,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MR: 27,
  MT: 31,
  MU: 30,
  NL: 18,
  NO: 15,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  SA: 24,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  TN: 24,
  TR: 26,
  UA: 29,
  VG: 24,
  XK: 20,
};
