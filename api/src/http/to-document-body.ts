import type { z } from "@hono/zod-openapi";
import type { StoredDocument } from "../knowledge/stored-document.ts";
import type { documentSchema } from "./document-schema.ts";

/** A stored document as the interface names its parts. */
export function toDocumentBody(document: StoredDocument): z.input<typeof documentSchema> {
  return {
    id: document.id,
    external_id: document.externalId,
    title: document.title,
    url: document.url,
    language: document.language,
    queue: document.queue,
    media_type: document.mediaType,
    keywords: [...document.keywords],
    chunk_count: document.chunkCount,
    created_at: document.createdAt,
    updated_at: document.updatedAt,
  };
}
