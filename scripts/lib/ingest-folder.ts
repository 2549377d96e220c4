import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { DocumentError } from "../../api/src/knowledge/document-error.ts";
import type { KnowledgeWriter, PutOutcome } from "./open-knowledge.ts";

const mediaTypes: Readonly<Record<string, string>> = {
  ".md": "text/markdown",
  ".markdown": "text/markdown",
  ".html": "text/html",
  ".htm": "text/html",
  ".txt": "text/plain",
  ".pdf": "application/pdf",
};

export type IngestSummary = Record<PutOutcome, number> & {
  /** Files that could not go in, each with its reason; the others are in. */
  readonly refused: { readonly file: string; readonly reason: string }[];
};

/**
 * Puts every Markdown, HTML, text and PDF file below `folder` into the knowledge base. The file's path below the folder is the
 * document's external id, so a second run replaces what changed and leaves the rest. A file that cannot be read as what its
 * ending says is counted and named; a fault of the database or the embedder ends the run.
 */
export async function ingestFolder(
  knowledge: Pick<KnowledgeWriter, "putDocument">,
  folder: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<IngestSummary> {
  const files = await listDocumentFiles(folder);
  const summary: IngestSummary = { created: 0, replaced: 0, unchanged: 0, refused: [] };
  onProgress(0, files.length);
  for (const [index, file] of files.entries()) {
    const externalId = relative(folder, file).split(sep).join("/");
    try {
      const mediaType = mediaTypes[extname(file).toLowerCase()] ?? "text/plain";
      summary[await knowledge.putDocument({ bytes: await readFile(file), mediaType, externalId })] += 1;
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      summary.refused.push({ file: externalId, reason: error.message });
    }
    onProgress(index + 1, files.length);
  }
  return summary;
}

/** Files with a known ending, sorted by path; hidden ones are left out. */
async function listDocumentFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && extname(entry.name).toLowerCase() in mediaTypes)
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(folder, file)
          .split(sep)
          .some((part) => part.startsWith(".")),
    )
    .sort();
}
