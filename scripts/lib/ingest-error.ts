import type { IngestSummary } from "./ingest-folder.ts";

/** What ended an ingest before its last file, and how far it had come. */
export class IngestError extends Error {
  override readonly name = "IngestError";
  readonly summary: IngestSummary;

  constructor(message: string, summary: IngestSummary, cause: unknown) {
    super(message, { cause });
    this.summary = summary;
  }
}
