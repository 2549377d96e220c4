import { cleanText } from "@support-it-agent/shared/text/clean-text";
import { redactText } from "@support-it-agent/shared/text/redact-text";
import { numberedPlaceholder } from "./anonymous-text.ts";

/**
 * Text that the company publishes, prepared for storing: cleaned, and without secrets (keys, passwords, cards, IBANs).
 * Addresses and phone numbers stay: "write to the service desk" is of no use without them. A greeting in it is an example, and no mail's.
 */
export function publishedText(raw: string): string {
  const { text, values } = redactText(cleanText(raw));
  return text.replace(numberedPlaceholder, (placeholder, type: string) =>
    isContact(type) ? (values.get(placeholder) ?? placeholder) : `[${type}]`,
  );
}

const isContact = (type: string) => ["EMAIL", "PHONE", "IP", "MAC"].includes(type);
