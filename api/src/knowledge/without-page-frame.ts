import type { PdfLine } from "./read-pdf-lines.ts";

/**
 * Pages without their headers and footers: lines at the top or bottom that stand on half of the pages or more, whatever their numbers and
 * no larger than the text, and page numbers.
 */
export function withoutPageFrame(pages: readonly (readonly PdfLine[])[], textSize: number): PdfLine[][] {
  const counts = new Map<string, number>();
  for (const lines of pages) {
    for (const key of new Set(lines.map(keyOf))) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const isFrame = (line: PdfLine) => {
    if (line.margin === null || line.size > textSize * 1.05) return false;
    const count = counts.get(keyOf(line)) ?? 0;
    return isPageNumber(line.text) || (count >= 2 && count * 2 >= pages.length);
  };
  return pages.map((lines) => lines.filter((line) => !isFrame(line)));
}

const keyOf = ({ text, margin }: PdfLine) => `${margin} ${text.toLowerCase().replace(/\d+/g, "#")}`;

/** "3", "- 3 -", "iv", "Page 3 of 12", "Seite 3/12". */
const isPageNumber = (text: string) =>
  /^[\s–—|-]*(?:(?:page|seite|p\.|s\.) ?)?(?:[ivxl]{1,6}|\d{1,4}(?: ?(?:\/|of|sur|von|de) ?\d{1,4})?)[\s–—|-]*$/iu.test(
    text,
  );
