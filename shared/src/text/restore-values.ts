import { placeholderPattern } from "./redact-text.ts";

/**
 * The writer's own values in place of their placeholders, wherever these stand in `text` (an answer, most often). What
 * is not in `values` stays: a placeholder that the writer typed, or one that a language model made up.
 */
export function restoreValues(text: string, values: ReadonlyMap<string, string>): string {
  if (values.size === 0) return text;
  return text.replace(placeholderPattern, (placeholder) => values.get(placeholder) ?? placeholder);
}
