import { z } from "zod";

/** A document as it is listed: without its text. */
export const storedDocumentSchema = z
  .object({
    id: z.string(),
    external_id: z.string(),
    title: z.string(),
    url: z.string().nullable(),
    language: z.string(),
    queue: z.string().nullable(),
    media_type: z.string(),
    metadata: z.object({ keywords: z.array(z.string()).default([]) }),
    chunk_count: z.number().int(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    externalId: row.external_id,
    title: row.title,
    url: row.url,
    language: row.language,
    queue: row.queue,
    mediaType: row.media_type,
    keywords: row.metadata.keywords,
    chunkCount: row.chunk_count,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));

export type StoredDocument = z.infer<typeof storedDocumentSchema>;
