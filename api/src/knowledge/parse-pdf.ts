import { DocumentError } from "./document-error.ts";
import { documentLimits } from "./document-limits.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { createSectionBuilder } from "./section-builder.ts";

/**
 * The text of a PDF, one section a page (its heading is null: a page is no part of the subject). The library is loaded
 * with the first PDF. Throws DocumentError where it is no PDF, is encrypted, or has too many pages.
 */
export async function parsePdf(bytes: Uint8Array): Promise<ParsedDocument> {
  if (!startsAsPdf(bytes)) throw unreadable("It does not start as a PDF does.");
  const { getDocumentProxy, extractText, getMeta } = await import("unpdf");
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
    const { text: pages } = await extractText(proxy, { mergePages: false });
    const { info } = await getMeta(proxy);
    const builder = createSectionBuilder();
    for (const page of pages) for (const block of paragraphs(page)) builder.block(block);
    const title = typeof info.Title === "string" ? info.Title.trim() : "";
    return {
      id: null,
      title: title || firstLine(pages) || null,
      language: null,
      queue: null,
      url: null,
      keywords: [],
      sections: builder.sections(),
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

const paragraphs = (page: string) => page.split(/\n\s*\n/);

const firstLine = (pages: readonly string[]) =>
  pages
    .join("\n")
    .split("\n")
    .find((line) => /\p{L}/u.test(line))
    ?.trim()
    .slice(0, 120);

function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException") return "It is protected by a password: save it without one.";
  return "It is damaged, or no PDF.";
}

const unreadable = (reason: string, cause?: unknown) =>
  new DocumentError("unreadable_document", `This PDF cannot be read. ${reason}`, cause);
