import { DocumentError } from "./document-error.ts";
import { documentLimits } from "./document-limits.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { pdfText } from "./pdf-text.ts";
import { pdfTitle } from "./pdf-title.ts";
import { type PdfLine, readPdfLines } from "./read-pdf-lines.ts";
import { withoutPageFrame } from "./without-page-frame.ts";

/**
 * The text of a PDF in one section, by paragraphs and without headers and footers. The library is loaded with the first PDF. Throws
 * DocumentError where it is no PDF, is encrypted, or has too many pages.
 */
export async function parsePdf(bytes: Uint8Array): Promise<ParsedDocument> {
  if (!startsAsPdf(bytes)) throw unreadable("It does not start as a PDF does.");
  const { getDocumentProxy, getMeta } = await import("unpdf");
  // The library takes the buffer away from its owner: it gets a copy.
  const proxy = await getDocumentProxy(bytes.slice(), { verbosity: 0 }).catch((error: unknown) => {
    throw unreadable(reasonOf(error), error);
  });
  try {
    if (proxy.numPages > documentLimits.pdfPages) {
      throw new DocumentError(
        "document_too_large",
        `The PDF has ${proxy.numPages} pages, and at most ${documentLimits.pdfPages} are read. Split it.`,
      );
    }
    const printed: PdfLine[][] = [];
    for (let page = 1; page <= proxy.numPages; page += 1) printed.push(await readPdfLines(proxy, page));
    const { info } = await getMeta(proxy);
    const textSize = usualSize(printed.flat());
    const pages = withoutPageFrame(printed, textSize);
    const text = pdfText(pages);
    return {
      id: null,
      title: pdfTitle(typeof info.Title === "string" ? info.Title : "", pages[0] ?? [], textSize),
      language: null,
      queue: null,
      url: null,
      keywords: [],
      sections: text === "" ? [] : [{ heading: null, text }],
    };
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw unreadable(reasonOf(error), error);
  } finally {
    await proxy.loadingTask.destroy();
  }
}

/** The header stands in the first 1,024 bytes (PDF reference, appendix H). */
function startsAsPdf(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, 1024)).includes("%PDF-");
}

/** The size that most characters have. */
function usualSize(lines: readonly PdfLine[]): number {
  const lengths = new Map<number, number>();
  for (const { size, text } of lines) lengths.set(size, (lengths.get(size) ?? 0) + text.length);
  return [...lengths].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [0, 0])[0];
}

function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException") return "It is protected by a password: save it without one.";
  return "It is damaged, or no PDF.";
}

const unreadable = (reason: string, cause?: unknown) =>
  new DocumentError("unreadable_document", `This PDF cannot be read. ${reason}`, cause);
