import type { Span } from "./span.ts";

/** PINs and one-time codes after their name ("PIN 4821", "mon code est le 4821", "OTP: 482 193"): 4 to 8 digits. */
export function findPins(text: string): Span[] {
  return Array.from(text.matchAll(pattern), (match): Span => {
    const [start, end] = match.indices?.groups?.value ?? [match.index, match.index];
    return { start, end, type: "PASSWORD" };
  });
}

const name =
  "(?:(?:code )?(?:pin|puk)(?: code)?|otp(?: code)?|one[- ]time (?:code|password|passcode|pin)|(?:verification|security|mfa|2fa|sms|unlock|authentication|confirmation|access) code|code (?:de |d['’])?(?:v[eé]rification|s[eé]curit[eé]|confirmation|validation|d[eé]verrouillage|authentification|acc[eè]s|mfa|2fa|otp|sms|puk)|code (?:re[cç]u|received)(?: par sms| by sms| par mail| by text)?|(?:my|your|mon|votre) code(?= ?[:=]| is | est ))";

const pattern = new RegExp(
  `(?<![\\p{L}\\p{N}])${name}(?: ?[:=]| is| est| c['’]est)?(?: le| the)?(?: ?:)? ?\\(?["'«“]?(?<value>\\d{4,8}|\\d{3}[ -]\\d{3})(?![\\p{L}\\p{N}]|[.,]\\d)(?! of the| du connecteur)`,
  "dgiu",
);
