import { findCards } from "./redaction/find-cards.ts";
import { findEmails } from "./redaction/find-emails.ts";
import { findIbans } from "./redaction/find-ibans.ts";
import { findIpAddresses } from "./redaction/find-ip-addresses.ts";
import { findKeys } from "./redaction/find-keys.ts";
import { findMacAddresses } from "./redaction/find-mac-addresses.ts";
import { findPasswords } from "./redaction/find-passwords.ts";
import { findPhones } from "./redaction/find-phones.ts";
import type { FindSpans, PlaceholderType, Span } from "./redaction/span.ts";

/** Every placeholder of ours in a text: [EMAIL_1], [PHONE_2], ... (global: for replace, matchAll and match). */
export const placeholderPattern = /\[(?:EMAIL|PHONE|CARD|IBAN|IP|MAC|KEY|PASSWORD)_\d{1,6}\]/g;

export type RedactedText = {
  readonly text: string;
  /** Placeholder -> the original, for restoreValues. */
  readonly values: ReadonlyMap<string, string>;
};

/**
 * A cleaned text with e-mail addresses, phone numbers, cards, IBANs, IP and MAC addresses, keys, tokens and passwords as
 * typed, numbered placeholders. Equal values have equal numbers, counted from 1 in the order of the text. A placeholder that
 * stands in the text already (typed by the writer, or from an earlier redaction) is left alone and its number is not
 * used, so that restoreValues(text, values) gives the original back exactly, and redacting twice is redacting once.
 * Rules, not a model: it misses what looks like nothing (a name, a password in a sentence of plain words).
 */
export function redactText(cleaned: string): RedactedText {
  const values = new Map<string, string>();
  const name = createNamer(cleaned, values);
  let text = cleaned;
  // A replacement can uncover another value beside it; so until nothing is found, and as good as always once.
  for (let round = 0; round < maxRounds; round += 1) {
    const spans = chooseSpans(text);
    if (spans.length === 0) break;
    text = replaceSpans(text, spans, name);
  }
  return { text, values };
}

const maxRounds = 5;

/** Whose span wins where two overlap: the earlier. Secrets come first, since a password may look like an address. */
const finders: readonly FindSpans[] = [
  findKeys,
  findPasswords,
  findEmails,
  findIbans,
  findCards,
  findMacAddresses,
  findIpAddresses,
  findPhones,
];

/** Spans that do not overlap one another or a placeholder, in the order of the text. */
function chooseSpans(text: string): Span[] {
  const taken = new Uint8Array(text.length);
  for (const { index, 0: placeholder } of text.matchAll(placeholderPattern)) {
    taken.fill(1, index, index + placeholder.length);
  }
  const chosen: Span[] = [];
  const folded = foldDigits(text);
  for (const find of finders) {
    for (const span of find(folded)) {
      if (taken.subarray(span.start, span.end).includes(1)) continue;
      taken.fill(1, span.start, span.end);
      chosen.push(span);
    }
  }
  return chosen.sort((a, b) => a.start - b.start);
}

/** Digits of other scripts as 0 to 9, for finding only: offsets stay. Each script's ten begin at a number that ends in 0 or 6 (hexadecimal). */
function foldDigits(text: string): string {
  return text.replace(/(?![0-9])[\p{Nd}--[\u{10000}-\u{10FFFF}]]/gv, (digit) => {
    const code = digit.charCodeAt(0);
    const isFromZero = /\p{Nd}/u.test(String.fromCharCode(code - (code % 16)));
    return String((code % 16) - (isFromZero ? 0 : 6));
  });
}

function replaceSpans(
  text: string,
  spans: readonly Span[],
  name: (type: PlaceholderType, value: string) => string,
) {
  let end = 0;
  let out = "";
  for (const span of spans) {
    out += text.slice(end, span.start) + name(span.type, text.slice(span.start, span.end));
    end = span.end;
  }
  return out + text.slice(end);
}

/** Gives a value its placeholder and notes it in `values`; numbers that stand in `cleaned` already are passed over. */
function createNamer(cleaned: string, values: Map<string, string>) {
  const used = new Set(cleaned.match(placeholderPattern));
  const placeholders = new Map<string, string>();
  const counts = new Map<PlaceholderType, number>();
  return (type: PlaceholderType, value: string): string => {
    const known = placeholders.get(`${type} ${value}`);
    if (known !== undefined) return known;
    let number = counts.get(type) ?? 0;
    let placeholder: string;
    do {
      number += 1;
      placeholder = `[${type}_${number}]`;
    } while (used.has(placeholder));
    counts.set(type, number);
    placeholders.set(`${type} ${value}`, placeholder);
    values.set(placeholder, value);
    return placeholder;
  };
}
