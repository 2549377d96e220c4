export type DocumentErrorCode =
  | "unreadable_document"
  | "empty_document"
  | "unsupported_media_type"
  | "document_too_large";

/** A document that cannot go into the knowledge base, and why. `code` is stable; the message is for people. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
  readonly code: DocumentErrorCode;

  constructor(code: DocumentErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
