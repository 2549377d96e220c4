import { joinWrappedLines } from "./join-wrapped-lines.ts";
import type { PdfLine } from "./read-pdf-lines.ts";

/**
 * The text of a PDF's pages: paragraphs apart by an empty line and without the breaks of their lines, entries of a list and rows of a
 * table a line each.
 */
export function pdfText(pages: readonly (readonly PdfLine[])[]): string {
  const pitches = linePitches(pages);
  let text = "";
  let before: PdfLine | null = null;
  let isInEntry = false;
  for (const lines of pages) {
    for (const [index, line] of lines.entries()) {
      const gap = before && index > 0 ? line.y - before.y : null;
      const between = before === null ? "" : separator(before, line, gap, isInEntry, pitches);
      if (between === "\n\n" || isEntry(line)) isInEntry = isEntry(line);
      text += between + line.text;
      before = line;
    }
  }
  return joinWrappedLines(text);
}

/** `gap` is null at the beginning of a page. */
function separator(
  before: PdfLine,
  line: PdfLine,
  gap: number | null,
  isInEntry: boolean,
  pitches: Pitches,
): "\n" | "\n\n" {
  const isBelow = gap !== null && gap >= 0 && gap <= 3 * line.size;
  if (before.isRow !== line.isRow) return "\n\n";
  if (isBelow && (line.isRow || (isInEntry && isEntry(line)))) return "\n";
  if (Math.abs(before.size - line.size) > line.size / 10) return "\n\n";
  if (goesOn(before, line)) return "\n";
  const pitch = pitches.get(roundSize(line.size)) ?? 1.3 * line.size;
  return isBelow && gap <= 1.2 * pitch ? "\n" : "\n\n";
}

/** A sentence goes on over the end of a column or a page, and over a gap that a high line makes. */
const goesOn = (before: PdfLine, line: PdfLine) =>
  !/[.!?:;…]["'»”’)]{0,3}$/u.test(before.text) && /^["'«“(]?\p{Ll}\p{L}*[ ,.]/u.test(line.text);

const isEntry = ({ text }: PdfLine) => /^(?:\d{1,3}[.)]|[-*+•◦▪‣·–])\s/u.test(text);

/** From line to line within a paragraph, by the size of the letters. */
type Pitches = ReadonlyMap<number, number>;

/** The smallest distance that a tenth of the lines of a size have, since paragraphs of one line each have none but larger ones. */
function linePitches(pages: readonly (readonly PdfLine[])[]): Pitches {
  const gaps = new Map<number, number[]>();
  for (const lines of pages) {
    for (const [index, line] of lines.entries()) {
      const gap = line.y - (lines[index - 1]?.y ?? Number.POSITIVE_INFINITY);
      if (gap < 0.9 * line.size || gap > 2.5 * line.size) continue;
      const size = roundSize(line.size);
      const known = gaps.get(size);
      if (known) known.push(gap);
      else gaps.set(size, [gap]);
    }
  }
  return new Map([...gaps].map(([size, all]) => [size, smallestOften(all)]));
}

function smallestOften(gaps: readonly number[]): number {
  const sorted = gaps.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 10)] ?? 0;
}

const roundSize = (size: number) => Math.round(size * 2) / 2;
