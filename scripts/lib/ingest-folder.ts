import { readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { documentDescriptionSchema } from "../../api/src/http/document-schema.ts";
import { DocumentError } from "../../api/src/knowledge/document-error.ts";
import { documentLimits } from "../../api/src/knowledge/document-limits.ts";
import { DocumentRefusal } from "./document-refusal.ts";
import { IngestError } from "./ingest-error.ts";
import { listDocumentsIn, type RefusedFile } from "./list-documents-in.ts";
import { mediaTypeByEnding } from "./media-type-by-ending.ts";
import type { KnowledgeWriter, PutOutcome } from "./open-knowledge.ts";
import { sourcePrefix } from "./source-prefix.ts";

export type IngestSummary = Record<PutOutcome, number> & {
  /** Paths below the folder of every document that is in it. */
  readonly files: readonly string[];
  /** Files that could not go in, each with its reason; the others are in. */
  readonly refused: RefusedFile[];
  /** How many files have an ending that is not read. */
  readonly passedOver: Readonly<Record<string, number>>;
};

export type IngestOptions = {
  /** Keeps the documents of this folder apart from those of others. */
  readonly source?: string | undefined;
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * Puts every Markdown, HTML, text and PDF file below `folder` into the knowledge base. The file's path below the folder, behind the
 * source where one is given, is the document's external id (composed as in NFC, whatever the file system makes of an accent), so a
 * second run replaces what changed and leaves the rest. What concerns one file is counted and named; what
 * concerns all of them (the database or the server is gone, a key does not do) ends the run with an IngestError.
 */
export async function ingestFolder(
  knowledge: Pick<KnowledgeWriter, "putDocument">,
  folder: string,
  { source, onProgress = () => {} }: IngestOptions = {},
): Promise<IngestSummary> {
  const { files, refused, passedOver } = await listDocumentsIn(folder);
  const summary: IngestSummary = {
    ...{ created: 0, replaced: 0, unchanged: 0 },
    files,
    refused: [...refused],
    passedOver,
  };
  const ids = new Set<string>();
  onProgress(0, files.length);
  for (const [index, file] of files.entries()) {
    try {
      const externalId = externalIdOf(file, source);
      if (ids.has(externalId))
        throw new DocumentRefusal("Another file has this name, with its accents composed.");
      ids.add(externalId);
      const mediaType = mediaTypeByEnding[extname(file).toLowerCase()] ?? "text/plain";
      const bytes = await readDocumentFile(join(folder, file));
      summary[await knowledge.putDocument({ bytes, mediaType, externalId })] += 1;
    } catch (error) {
      if (!(error instanceof DocumentError || error instanceof DocumentRefusal)) {
        const said = error instanceof Error ? error.message : String(error);
        const where = `The ingest ended at ${file}, after ${index} of ${files.length} files; what is in stays.`;
        throw new IngestError(`${said}\n${where}`, summary, error);
      }
      summary.refused.push({ file, reason: error.message });
    }
    onProgress(index + 1, files.length);
  }
  return summary;
}

/** Throws DocumentRefusal for a path that is no id of a document. */
function externalIdOf(file: string, source: string | undefined): string {
  const externalId = sourcePrefix(source) + file.normalize("NFC");
  const parsed = documentDescriptionSchema.shape.external_id.safeParse(externalId);
  if (parsed.success) return externalId;
  const said = parsed.error.issues.map(({ message }) => message).join("; ");
  throw new DocumentRefusal(`Its path cannot be the id of a document: ${said}.`);
}

/** Throws DocumentRefusal for a file that went away, may not be read or is larger than a document may be. */
async function readDocumentFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= documentLimits.bytes) return await readFile(path);
    throw new DocumentRefusal(
      `The document is too large: it has ${size} bytes, and at most ${documentLimits.bytes} are read. Split it into articles.`,
    );
  } catch (error) {
    if (error instanceof DocumentRefusal) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new DocumentRefusal(`It cannot be read (${code}).`, { cause: error });
  }
}
