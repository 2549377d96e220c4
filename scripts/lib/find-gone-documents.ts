import type { IngestSummary } from "./ingest-folder.ts";
import type { KnowledgeWriter, NamedDocument } from "./open-knowledge.ts";
import { sourcePrefix } from "./source-prefix.ts";

/**
 * The documents of a source whose files are not in its folder any more. What a refused file or folder would hold counts as
 * there: it could not be looked at.
 */
export async function findGoneDocuments(
  knowledge: Pick<KnowledgeWriter, "listDocuments">,
  source: string,
  { files, refused }: Pick<IngestSummary, "files" | "refused">,
): Promise<NamedDocument[]> {
  const prefix = sourcePrefix(source);
  const there = new Set(files.map((file) => file.normalize("NFC")));
  const unread = refused.map(({ file }) => file.normalize("NFC"));
  const isThere = (path: string) =>
    there.has(path) || unread.some((file) => path === file || path.startsWith(`${file}/`));
  const gone: NamedDocument[] = [];
  let cursor: string | undefined;
  do {
    const page = await knowledge.listDocuments(cursor);
    const ofSource = page.documents.filter(({ externalId }) => externalId.startsWith(prefix));
    gone.push(...ofSource.filter(({ externalId }) => !isThere(externalId.slice(prefix.length))));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return gone;
}
