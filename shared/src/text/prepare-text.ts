import { cleanText } from "./clean-text.ts";
import { detectLanguage, type Language } from "./detect-language.ts";
import { redactText } from "./redact-text.ts";
import { stripMailForm } from "./strip-mail-form.ts";

/**
 * Counts up whenever cleanText, stripMailForm, redactText or detectLanguage give another result for some text: it is part of the
 * feature hash, so that a model never reads text that was prepared in another way than its training rows.
 */
export const textPreparationVersion = 2;

/** A text as everything behind the door sees it. */
export type PreparedText = {
  /** Cleaned, without a mail's form, and redacted. */
  readonly text: string;
  readonly language: Language;
  /** Placeholder -> what the writer wrote, for restoreValues. Never stored, never logged. */
  readonly values: ReadonlyMap<string, string>;
};

/**
 * The only door for text that people wrote: clean, take off the form of a mail, redact, detect the language, in training as in serving. Features,
 * retrieval, the language model and the log read what comes out and nothing else. Idempotent in its text. Never throws.
 */
export function prepareText(raw: string): PreparedText {
  const { text, values } = redactText(stripMailForm(cleanText(raw)));
  // A placeholder is shorter than what it stands for, and may make a signature's line of one that was too long.
  const stripped = stripMailForm(text);
  if (stripped === text) return { text, language: detectLanguage(text), values };
  const again = redactText(stripped);
  const allValues = new Map([...values, ...again.values]);
  return { text: again.text, language: detectLanguage(again.text), values: allValues };
}
