import { z } from "@hono/zod-openapi";
import { cleanText } from "@support-it-agent/shared/text/clean-text";

/** Longest question and classified text, in Unicode characters. */
export const maxTextLength = 5_000;

/**
 * A text that somebody wrote: 1 to 5,000 characters, of which something is left after control characters and blanks are
 * gone. Its own problems are empty_text and text_too_long.
 */
export const textSchema = z
  .string()
  .superRefine((text, context) => {
    if (isLongerThan(text, maxTextLength)) {
      context.addIssue({
        code: "custom",
        message: `is longer than ${maxTextLength} characters`,
        params: { code: "text_too_long" },
      });
    } else if (cleanText(text).trim() === "") {
      context.addIssue({ code: "custom", message: "holds no text", params: { code: "empty_text" } });
    }
  })
  .openapi({ minLength: 1, maxLength: maxTextLength, example: "Mon VPN ne marche pas" });

/** Counts characters as people and JSON Schema do: an emoji outside the basic plane is one, not two. */
function isLongerThan(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  if (text.length > 2 * limit) return true;
  let length = 0;
  for (const _ of text) length += 1;
  return length > limit;
}
