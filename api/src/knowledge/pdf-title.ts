import type { PdfLine } from "./read-pdf-lines.ts";

/**
 * The title that a PDF says it has, unless a tool made it up ("untitled", a file's name); then the first of the largest lines of page
 * one, where they are larger than the text, or a first line that stands alone; else null.
 */
export function pdfTitle(said: string, firstPage: readonly PdfLine[], textSize: number): string | null {
  const title = said.trim();
  if (title !== "" && !madeUp.test(title)) return title;
  const lines = firstPage.filter(({ text }) => /\p{L}/u.test(text));
  const largest = lines.reduce((most, { size }) => Math.max(most, size), 0);
  const start = lines.findIndex(({ size }) => isSameSize(size, largest));
  const [first, second] = lines.slice(start);
  if (!first) return null;
  if (largest > 1.1 * textSize) return titleLines(lines.slice(start)).join(" ").slice(0, maxLength);
  return !goesOn(first, second) && first.text.length <= maxLength ? first.text : null;
}

const maxLength = 120;

const madeUp =
  /^(?:untitled|unbenannt|sans titre|\(?anonymous\)?|\(unspecified\)|microsoft (?:word|powerpoint|excel|office).*|(?:powerpoint presentation|présentation powerpoint|powerpoint-präsentation)|(?:document|dokument) ?\d*|.*\.(?:docx?|dotx?|odt|rtf|txt|pdf|pptx?|odp|xlsx?|ods|html?|md|pages|key|indd|pub|tex|dvi|ps|vsdx?|xml|tmp))$/iu;

const isSameSize = (one: number, other: number) => Math.abs(one - other) < one / 20;

/** A title may take several lines. */
function titleLines(lines: readonly PdfLine[]): string[] {
  const end = lines.findIndex((line, index) => !goesOn(line, lines[index + 1]));
  return lines.slice(0, end + 1).map(({ text }) => text);
}

function goesOn(line: PdfLine, next: PdfLine | undefined): boolean {
  if (!next || !isSameSize(line.size, next.size)) return false;
  return next.y > line.y && next.y - line.y < 1.6 * line.size;
}
