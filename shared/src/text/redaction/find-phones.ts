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
      const end = start + number.length;
      const count = number.replace(/\D/g, "").length;
      if (count < digits[0] || count > digits[1] || datePattern.test(number)) continue;
      const before = text.slice(Math.max(0, start - 28), start);
      if (!afterWord && !isFrenchMobile(number, before)) {
        if (otherWord.test(before) || isAfterVersionWord(text, start)) continue;
      }
      if (dayWord.test(before) && dayAndTime.test(number)) continue;
      if (unitAfter.test(text.slice(end, end + 8))) continue;
      spans.push({ start, end, type: "PHONE" });
      const second = text.slice(end, end + 20).match(number.includes("-") ? afterSlash : afterSlashOrDash);
      if (second) spans.push({ start: end + 1, end: end + second[0].length, type: "PHONE" });
    }
  }
  return spans;
}

/** In pairs, as nothing but a mobile number is written: this outweighs "port", "n°" and their like, but not a name it is glued to. */
function isFrenchMobile(number: string, before: string): boolean {
  return /^0[67]([ .])\d{2}(?:\1\d{2}){3}$/.test(number) && !/[^\s:(n°.]$/iu.test(before);
}

/** The second of two numbers: "0612345678/0144556677". */
const afterSlash = /^\/0[1-9](?:[ .-]?\d{2}){4}(?![\p{L}\p{N}_]|[.,:/-]\d)/u;
const afterSlashOrDash = /^[/-]0[1-9](?:[ .]?\d{2}){4}(?![\p{L}\p{N}_]|[.,:/-]\d)/u;

/** "samedi 06 07 24 08 30": a day, a month, a year, hours and minutes. */
const dayWord =
  /(?<!\p{L})(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday|date)(?: le)?[ :]{1,3}$/iu;
const dayAndTime =
  /^(?:0[1-9]|[12]\d|3[01])[ .-](?:0[1-9]|1[0-2])[ .-][23]\d[ .-](?:[01]\d|2[0-3])[ .-][0-5]\d$/;

type Form = {
  readonly pattern: RegExp;
  readonly digits: readonly [number, number];
  readonly afterWord?: true;
};

const forms: readonly Form[] = [
  // +33 1 99 00 12 34, +44 (0)1632 960123, 0041 44 668 18 00
  {
    pattern:
      /(?<![\p{L}\p{N}_+]|\d[-.])(?:\+(?: (?=(?:33|32|41|44|49) ))?|00(?=[1-9]\d[ .()-]|(?:33|32|34|39|41|44|49|352)\d{8,11}(?!\d)))\d(?:[ .\u2011/-]{0,2}\(?\d\)?){7,15}(?![\p{L}\p{N}_]|[.,:-]\d)/gu,
    digits: [8, 17],
  },
  // 01 99 00 12 34, 0199001234, 01.99.00.12.34
  {
    pattern:
      /(?<![\p{L}\p{N}_#+]|[\d\p{L}][.,/\\-]|\d:)0[1-9](?:([ .-]?)\d{2})(?:\1\d{2}){3}(?![\p{L}\p{N}_]|[.,:]\d|[/-](?!0[1-9](?:[ .]?\d{2}){4}(?!\d))\d)/gu,
    digits: [10, 10],
  },
  // 02 555 12 34, 0470/12.34.56, 020 7946 0958, 01632 960 123, 01632 960123, 079 123 45 67, 030 1234567
  {
    pattern:
      /(?<![\p{L}\p{N}_#+]|[\d\p{L}][.,/\\-]|\d:)\(?0[1-9]\d{0,3}\)?[ ./-](?:\d{5,8}|\d{2,4}([ .-])\d{2,4}(?:\1\d{2,4}){0,2})(?![\p{L}\p{N}_]|[.,:/-]\d)/gu,
    digits: [9, 12],
  },
  // 07700900123, 02079460123
  {
    pattern: /(?<![\p{L}\p{N}_#+]|[\d\p{L}][.,/\\-]|\d:)0[1237]\d{9}(?![\p{L}\p{N}_]|[.,:/-]\d)/gu,
    digits: [11, 11],
  },
  // (202) 555-0143, 202-555-0143, 1 202 555 0143
  {
    pattern:
      /(?<![\p{L}\p{N}_#+]|[\d\p{L}][.,/\\-]|\d:)(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}(?![\p{L}\p{N}_]|[.,:/-]\d)/gu,
    digits: [10, 11],
  },
  // tel: 4415 2211, "joignable au 612345678"
  {
    pattern:
      /(?<![\p{L}\p{N}])(?:t[eé]l(?:[eé]phone|efon[eo]?)?|phone|mobile|cell|gsm|portable|handy|fax|whatsapp|rappele[rz](?:[- ]moi)?|appele[rz](?:[- ]moi)?|joignable|reach me|call me|call|ring me|ring|(?:my|mon|his|her|son|votre|your|contact) num(?:ber|[eé]ro)?)(?: (?:no|number|num[eé]ro|me|moi|back|pro|perso))?\.?[ :]{0,3}(?:n[o°]\.? ?|(?:on|at|is|au|sur le|est le|est|c['’]est(?: le)?) )?:? ?(\(?\d(?:[ ./-]?\(?\d\)?){5,13})(?![\p{L}\p{N}_]|[.,:/-]\d)/giu,
    digits: [6, 14],
    afterWord: true,
  },
];

const datePattern =
  /^(?:(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$|\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)\d{2}|(?:19|20)\d{2}[./ -]\d{1,2}[./ -]\d{1,2})(?!\d)/;

/** What a number is when one of these stands right before it. */
const otherWord =
  /(?:(?<!\d)(?:19|20)\d\d |#|n°|(?:^|[^\p{L}])(?:ticket|incident|demande|request|req|inc|ritm|chg|case|dossier|serial|s[eé]rie|s\/n|sn|asset|inventory|inventaire|tag|badge|matricule|n\/s|p\/n|part|model|mod[eè]le|article|pi[eè]ce|compte|account|client|colis|carte|immo(?:bilisation)?|ean|imei|kb|erreur|error|fehler|event|id|code|order|commande|invoice|facture|reference|r[eé]f|po|siren|siret|contrat|contract|port|pid|license|licence))(?: (?:number|nr|no|num[eé]ro|id|code|tag|client|article))?[ .:=#n°o-]{0,4}$/iu;

/** Money, sizes and shares after a number. */
const unitAfter =
  /^ ?(?:€|\$|£|%|eur|usd|chf|[kmgt]o\b|[kmgt]i?b\b|(?:[kmgt]|k?m)(?:bps|bits?|bit\/s|b\/s)\b|[mg]hz\b|bytes|octets|rows|lignes|ms\b|px\b)/iu;
