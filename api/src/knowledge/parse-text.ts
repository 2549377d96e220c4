import { joinWrappedLines } from "./join-wrapped-lines.ts";
import type { ParsedDocument } from "./parsed-document.ts";

/** Plain text is one section; its first line is the title where it stands alone and is short. Wrapped paragraphs are joined. */
export function parseText(text: string): ParsedDocument {
  const normal = text.replace(/\r\n?/g, "\n").trim();
  const alone = /^([^\n]{1,120})\n\s*\n/.exec(normal);
  const title = alone?.[1]?.trim() ?? null;
  const rest = alone ? normal.slice(alone[0].length) : normal;
  return {
    id: null,
    title,
    language: null,
    queue: null,
    url: null,
    keywords: [],
    sections: [{ heading: null, text: joinWrappedLines(rest).trim() }],
  };
}
