import { isAfterVersionWord } from "./is-after-version-word.ts";
import { isProductVersion } from "./is-product-version.ts";
import type { Span } from "./span.ts";

/**
 * IPv4 and IPv6 addresses (a port or a prefix length stays). Four numbers up to 255 with dots are an address, unless what
 * stands before says that they are a version ("version 10.2.3.4", "v4.8.1.2", "Chrome/122.0.0.0", "pilote graphique ...").
 */
export function findIpAddresses(text: string): Span[] {
  return [...findIpv4(text), ...findIpv6(text)];
}

function findIpv4(text: string): Span[] {
  return Array.from(text.matchAll(ipv4), ({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
    type: "IP" as const,
  })).filter(({ start, end }) => !isAfterVersionWord(text, start) && !isProductVersion(text, start, end));
}

const ipv4 =
  /(?<![\p{L}\p{N}_.])(?:(?:25[0-5]|2[0-4]\d|[01]?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|[01]?\d?\d)(?![\p{L}\p{N}_]|\.\d)/gu;

function findIpv6(text: string): Span[] {
  const spans: Span[] = [];
  for (const { index, 0: found } of text.matchAll(ipv6Candidates)) {
    const address = found.replace(/(?<!:):$/, "");
    if (isIpv6(address)) spans.push({ start: index, end: index + address.length, type: "IP" });
  }
  return spans;
}

/** A label may stand right before: "IPv6:2001:db8::1". */
const ipv6Candidates =
  /(?:(?<![\p{L}\p{N}_.:])|(?<=(?<!\p{L})(?:ip(?:v6)?|dns|gateway|passerelle|address|adresse):))[\dA-Fa-f:]{3,40}(?![\p{L}\p{N}_:])/giu;

/** Eight groups of 1 to 4 hexadecimal digits, or fewer with one "::"; at least one digit, so that Abc::Def is none. */
function isIpv6(text: string): boolean {
  if (!/\d/.test(text)) return false;
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!groups.every((group) => /^[\dA-Fa-f]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length >= 1 && groups.length <= 7 : groups.length === 8;
}
