import type { getDocumentProxy } from "unpdf";

/** A line of a page as it is printed. Measures are in points. */
export type PdfLine = {
  /** The cells of a table's row are apart by " | ". */
  readonly text: string;
  readonly isRow: boolean;
  /** From the page's top to the line. */
  readonly y: number;
  /** The size of most of its letters. */
  readonly size: number;
  /** In the outer eighth of the page at its top or bottom. */
  readonly margin: "top" | "bottom" | null;
};

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;
type PdfPage = Awaited<ReturnType<PdfDocument["getPage"]>>;
type Viewport = ReturnType<PdfPage["getViewport"]>;
type Item = Awaited<ReturnType<PdfPage["getTextContent"]>>["items"][number];
type TextItem = Extract<Item, { str: string }>;

/** A line whose parts that stand wide apart may be cells. */
type Draft = Omit<PdfLine, "text" | "isRow"> & { readonly parts: readonly { x: number; text: string }[] };

/** The lines of a page in the order in which the file draws them, which is that of columns. */
export async function readPdfLines(document: PdfDocument, pageNumber: number): Promise<PdfLine[]> {
  const page = await document.getPage(pageNumber);
  const { items } = await page.getTextContent();
  const viewport = page.getViewport({ scale: 1 });
  page.cleanup();
  const drafts: Draft[] = [];
  let open: TextItem[] = [];
  const endLine = () => {
    const draft = draftLine(open, viewport);
    if (draft) drafts.push(draft);
    open = [];
  };
  for (const item of items) {
    if (!("str" in item)) continue;
    open.push(item);
    if (item.hasEOL) endLine();
  }
  endLine();
  return drafts.map(({ parts, ...line }, index) => {
    const isRow = [drafts[index - 1], drafts[index + 1]].some((other) => other && shareColumn(parts, other));
    const text = parts.map((part) => part.text.replace(/\s+/g, " ").trim()).join(isRow ? " | " : " ");
    return { ...line, isRow, text: text.replace(privateBullet, "• ") };
  });
}

function draftLine(items: readonly TextItem[], viewport: Viewport): Draft | null {
  const filled = items.filter((item) => item.str.trim() !== "");
  const [first] = filled;
  if (!first) return null;
  const size = sizeOf(
    filled.reduce((most, item) => (item.str.length > most.str.length ? item : most), first),
  );
  const parts: { x: number; text: string }[] = [];
  let isWideApart = true;
  for (const item of items) {
    const last = parts.at(-1);
    const isBlank = item.str.trim() === "";
    if (isBlank && last && item.width > size && !isMark(last.text)) isWideApart = true;
    if (last && (isBlank || !isWideApart)) last.text += item.str;
    if (isBlank || !isWideApart) continue;
    parts.push({ x: item.transform[4] ?? 0, text: item.str });
    isWideApart = false;
  }
  const y: number = viewport.convertToViewportPoint(first.transform[4] ?? 0, first.transform[5] ?? 0)[1];
  const place = y / viewport.height;
  return { parts, y, size, margin: place < 1 / 8 ? "top" : place > 7 / 8 ? "bottom" : null };
}

const sizeOf = ({ transform }: TextItem) => Math.hypot(transform[2] ?? 0, transform[3] ?? 0);

/** What follows the mark of a list's entry wide apart is no cell. */
const isMark = (text: string) =>
  text.length < 12 && /^\s*(?:[\d.]{1,8}\)?|\p{L}[.)]|[^\p{L}\p{N}])\s*$/u.test(text);

/** Two lines of a table have a column that begins at the same place, two justified lines with wide blanks do not. */
function shareColumn(parts: Draft["parts"], other: Draft): boolean {
  const starts = new Set(other.parts.slice(1).map(({ x }) => Math.round(x)));
  return parts.slice(1).some(({ x }) => starts.has(Math.round(x)));
}

/** Word draws the bullet of a list with a private character of a symbol font. */
const privateBullet = /^[\uE000-\uF8FF] ?(?=\S)/u;
