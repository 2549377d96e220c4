import type { Span } from "./span.ts";

/**
 * Payment card numbers: 13 to 19 digits, alone or in groups with blanks, dots, dashes or slashes between, of a known
 * network's prefix and length, right by Luhn's check digit. A 15-digit IMEI starts as no card of 15 digits does.
 */
export function findCards(text: string): Span[] {
  const spans: Span[] = [];
  for (const { index, 0: run } of text.matchAll(digitRuns)) {
    let from = 0;
    while (from < run.length) {
      const length = cardLengthAt(run, from);
      if (length > 0) spans.push({ start: index + from, end: index + from + length, type: "CARD" });
      from = length > 0 ? from + length : nextGroup(run, from);
    }
  }
  return spans;
}

/** Digits with single separators, not inside a word but for one that names a card ("CB4111..."). */
const digitRuns =
  /(?:(?<![\p{L}\p{N}_])|(?<=(?<![\p{L}\p{N}_])(?:cb|card|carte|visa|mastercard|amex)))\d(?:[ ./-]?\d)*(?![\p{L}_])/giu;

/** Length in characters of the longest card that starts at `from` and ends where a group ends; 0 for none. */
function cardLengthAt(run: string, from: number): number {
  let digits = "";
  let group = 0;
  let best = 0;
  for (let i = from; i < run.length && digits.length <= 19; i += 1) {
    const character = run.charAt(i);
    if (character < "0" || character > "9") {
      if (group < shortestGroup) break;
      group = 0;
      continue;
    }
    digits += character;
    group += 1;
    const next = run.charAt(i + 1);
    const endsGroup = next < "0" || next > "9";
    if (endsGroup && networks.some((network) => network.test(digits)) && passesLuhn(digits))
      best = i + 1 - from;
  }
  return best;
}

/** Cards are written in groups of three to six digits or in one; columns of figures are not cards. */
const shortestGroup = 3;

function nextGroup(run: string, from: number): number {
  for (let i = from; i < run.length; i += 1) {
    const character = run.charAt(i);
    if (character < "0" || character > "9") return i + 1;
  }
  return run.length;
}

/** Visa; Mastercard (both ranges); American Express; Diners Club; JCB; Discover, Maestro and UnionPay. */
const networks = [
  /^4(?:\d{12}|\d{15}|\d{18})$/,
  /^(?:5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d{2}|7[01]\d|720)\d{12})$/,
  /^3[47]\d{13}$/,
  /^3[0689]\d{12}$/,
  /^35(?:2[89]|[3-8]\d)\d{12}$/,
  /^6\d{15,18}$/,
];

/** Luhn's algorithm (ISO/IEC 7812-1, annex B): from the right, every second digit doubled; the sum ends in 0. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - i));
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
