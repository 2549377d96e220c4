import { isAfterVersionWord } from "./is-after-version-word.ts";
import type { Span } from "./span.ts";

/**
 * Phone numbers: international (+33 ..., 0044 ...), the national forms of France, Belgium, Switzerland, the United
 * Kingdom, Germany and their like (a leading 0), the North American 3-3-4, and any 6 to 14 digits after a word such as "tel" or
 * "call me on". Not: what a word before names otherwise (ticket, serial, order, version, error ...), dates, prices.
 */
export function findPhones(text: string): Span[] {
  const spans: Span[] = [];
  for (const { pattern, digits, afterWord } of forms) {
    for (const match of text.matchAll(pattern)) {
      const number = afterWord ? (match[1] ?? "") : match[0];
      const start = match.index + match[0].length - number.length;
      const count = number.replace(/\D/g, "").length;
      if (count < digits[0] || count > digits[1] || datePattern.test(number)) continue;
      if (
        !afterWord &&
        (otherWord.test(text.slice(Math.max(0, start - 28), start)) || isAfterVersionWord(text, start))
      ) {
        continue;
      }
      if (unitAfter.test(text.slice(start + number.length, start + number.length + 8))) continue;
      spans.push({ start, end: start + number.length, type: "PHONE" });
    }
  }
  return spans;
}

type Form = {
  readonly pattern: RegExp;
  readonly digits: readonly [number, number];
  readonly afterWord?: true;
};

const forms: readonly Form[] = [
  // +33 1 99 00 12 34, +44 (0)1632 960123, 0041 44 668 18 00
  {
    pattern:
      /(?<![\p{L}\p{N}_+]|\d[-.])(?:\+|00(?=[1-9]\d[ .()-]))\d(?:[ .\u2011/-]{0,2}\(?\d\)?){7,15}(?![\p{L}\p{N}_]|[.,:-]\d)/gu,
    digits: [8, 17],
  },
  // 01 99 00 12 34, 0199001234, 01.99.00.12.34
  {
    pattern:
      /(?<![\p{L}\p{N}_#+]|[\d\p{L}][.,:/\\-])0[1-9](?:([ .-]?)\d{2})(?:\1\d{2}){3}(?![\p{L}\p{N}_]|[.,:/-]\d)/gu,
    digits: [10, 10],
  },
  // 02 555 12 34, 0470/12.34.56, 020 7946 0958, 01632 960 123, 01632 960123, 079 123 45 67, 030 1234567
  {
    pattern:
      /(?<![\p{L}\p{N}_#+]|[\d\p{L}][.,:/\\-])\(?0[1-9]\d{0,3}\)?[ ./-](?:\d{5,8}|\d{2,4}([ .-])\d{2,4}(?:\1\d{2,4}){0,2})(?![\p{L}\p{N}_]|[.,:/-]\d)/gu,
    digits: [9, 12],
  },
  // (202) 555-0143, 202-555-0143, 1 202 555 0143
  {
    pattern:
      /(?<![\p{L}\p{N}_#+]|[\d\p{L}][.,:/\\-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}(?![\p{L}\p{N}_]|[.,:/-]\d)/gu,
    digits: [10, 11],
  },
  // tel: 4415 2211, "joignable au 612345678"
  {
    pattern:
      /(?<![\p{L}\p{N}])(?:t[eé]l(?:[eé]phone|efon[eo]?)?|phone|mobile|cell|gsm|portable|handy|fax|whatsapp|rappele[rz](?:[- ]moi)?|appele[rz](?:[- ]moi)?|joignable|reach me|call me|call|ring me|ring)(?: (?:no|number|num[eé]ro|me|moi|back))?\.?[ :]{0,3}(?:n[o°]\.? ?|(?:on|at|is|au|sur le|est le) )?:? ?(\(?\d(?:[ ./-]?\(?\d\)?){5,13})(?![\p{L}\p{N}_]|[.,:/-]\d)/giu,
    digits: [6, 14],
    afterWord: true,
  },
];

const datePattern =
  /^(?:\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)\d{2}|(?:19|20)\d{2}[./ -]\d{1,2}[./ -]\d{1,2})(?!\d)/;

/** What a number is when one of these stands right before it. */
const otherWord =
  /(?:(?<!\d)(?:19|20)\d\d |#|n°|(?:^|[^\p{L}])(?:ticket|incident|demande|request|req|inc|ritm|chg|case|dossier|serial|s[eé]rie|s\/n|sn|asset|inventory|inventaire|tag|imei|kb|erreur|error|fehler|event|id|code|order|commande|invoice|facture|reference|r[eé]f|po|siren|siret|contrat|contract|port|pid|license|licence))(?: (?:number|nr|no|num[eé]ro|id|code))?[ .:=#n°o-]{0,4}$/iu;

/** Money, sizes and shares after a number. */
const unitAfter = /^ ?(?:€|\$|£|%|eur|usd|chf|[kmgt]o\b|[kmgt]i?b\b|bytes|octets|rows|lignes|ms\b|px\b)/iu;
