import { DocumentError } from "./document-error.ts";
import { documentLimits } from "./document-limits.ts";
import { htmlCharset } from "./html-charset.ts";
import { parseHtml } from "./parse-html.ts";
import { parseMarkdown } from "./parse-markdown.ts";
import { parsePdf } from "./parse-pdf.ts";
import { parseText } from "./parse-text.ts";
import type { ParsedDocument } from "./parsed-document.ts";

/** The media types that can be ingested, without parameters. */
export const documentMediaTypes = ["text/markdown", "text/html", "text/plain", "application/pdf"] as const;

export type DocumentMediaType = (typeof documentMediaTypes)[number];

/**
 * Reads a file into sections of plain text. `mediaType` may carry parameters; its charset is heeded, else UTF-8 or what an HTML page declares.
 * Throws DocumentError: `unsupported_media_type`, `document_too_large`, `unreadable_document` (no PDF though it says
 * so, encrypted, bytes that are no text) or `empty_document` (nothing to read in it, such as a scanned PDF).
 */
export async function parseDocument(bytes: Uint8Array, mediaType: string): Promise<ParsedDocument> {
  if (bytes.byteLength > documentLimits.bytes) {
    throw tooLarge(`it has ${bytes.byteLength} bytes, and at most ${documentLimits.bytes} are read`);
  }
  const type = documentMediaType(mediaType);
  const parsed = type === "application/pdf" ? await parsePdf(bytes) : parseCharacters(bytes, mediaType, type);
  const textLength = parsed.sections.reduce((sum, section) => sum + section.text.length, 0);
  if (textLength > documentLimits.textLength || parsed.sections.length > documentLimits.sections) {
    throw tooLarge(
      `it has ${parsed.sections.length} sections and ${textLength} characters, and at most ` +
        `${documentLimits.sections} and ${documentLimits.textLength} are read`,
    );
  }
  if (!parsed.sections.some((section) => /[\p{L}\p{N}]/u.test(section.text))) {
    throw new DocumentError(
      "empty_document",
      "There is no text in this document. If it is a scan, run text recognition (OCR) over it first.",
    );
  }
  return parsed;
}

type TextMediaType = Exclude<DocumentMediaType, "application/pdf">;

const parsers: Record<TextMediaType, (text: string) => ParsedDocument> = {
  "text/markdown": parseMarkdown,
  "text/html": parseHtml,
  "text/plain": parseText,
};

function parseCharacters(bytes: Uint8Array, mediaType: string, type: TextMediaType): ParsedDocument {
  const text = decode(bytes, mediaType, type);
  if (text.length > documentLimits.sourceLength) {
    throw tooLarge(`it has ${text.length} characters, and at most ${documentLimits.sourceLength} are read`);
  }
  try {
    return parsers[type](text);
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    // A parser that gives up (its stack ran out over nested blocks) has met no article.
    throw new DocumentError("unreadable_document", `The document is no ${type} that can be read.`, error);
  }
}

/** The media type without its parameters. Throws DocumentError for one that is not read. */
function documentMediaType(mediaType: string): DocumentMediaType {
  const name = mediaType.split(";")[0]?.trim().toLowerCase();
  const known = documentMediaTypes.find(
    (type) => type === (name === "text/x-markdown" ? "text/markdown" : name),
  );
  if (known) return known;
  throw new DocumentError(
    "unsupported_media_type",
    `A document of type "${mediaType}" cannot be read; send one of ${documentMediaTypes.join(", ")}.`,
  );
}

/**
 * Strict: a wrong guess would store garbage that nobody finds. A byte-order mark decides over the declared charset. What an HTML page
 * declares of itself counts where its bytes are no UTF-8: pages are converted and keep the declaration of before.
 */
function decode(bytes: Uint8Array, mediaType: string, type: TextMediaType): string {
  const named = byteOrderMark(bytes) ?? /charset\s*=\s*"?([\w-]+)/i.exec(mediaType)?.[1];
  if (named) return decodeAs(named, bytes);
  const declared = type === "text/html" ? htmlCharset(bytes) : null;
  try {
    return decodeAs("utf-8", bytes);
  } catch (error) {
    if (declared === null) throw error;
    return decodeAs(declared, bytes);
  }
}

function decodeAs(charset: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DocumentError(
      "unreadable_document",
      `The bytes are not ${charset} text. Save the document as UTF-8, or name its charset in the content type.`,
      error,
    );
  }
}

function byteOrderMark([first, second]: Uint8Array): string | null {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return null;
}

const tooLarge = (what: string) =>
  new DocumentError("document_too_large", `The document is too large: ${what}. Split it into articles.`);
