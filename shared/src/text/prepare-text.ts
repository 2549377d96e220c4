import { cleanText } from "./clean-text.ts";
import { detectLanguage, type Language } from "./detect-language.ts";
import { redactText } from "./redact-text.ts";

/**
 * Counts up whenever cleanText, redactText or detectLanguage give another result for some text: it is part of the
 * feature hash, so that a model never reads text that was prepared in another way than its training rows.
 */
export const textPreparationVersion = 2;

/** A text as everything behind the door sees it. */
export type PreparedText = {
  /** Cleaned and redacted. */
  readonly text: string;
  readonly language: Language;
  /** Placeholder -> what the writer wrote, for restoreValues. Never stored, never logged. */
  readonly values: ReadonlyMap<string, string>;
};

/**
 * The only door for text that people wrote: clean, redact, detect the language, in training as in serving. Features,
 * retrieval, the language model and the log read what comes out and nothing else. Idempotent in its text. Never throws.
 */
export function prepareText(raw: string): PreparedText {
  const { text, values } = redactText(cleanText(raw));
  return { text, language: detectLanguage(text), values };
}
