import { z } from "@hono/zod-openapi";
import { identifierSchema } from "./identifier-schema.ts";
import { languageSchema } from "./language-schema.ts";

/** What a caller may say of a document beside its content. It goes before what the document says of itself. */
export const documentDescriptionSchema = z.strictObject({
  external_id: identifierSchema(500).optional().openapi({
    description:
      "Your own key, such as a path or a page id: what comes under it again replaces the document.",
    example: "network/vpn-does-not-connect",
  }),
  title: z.string().min(1).max(300).optional(),
  language: languageSchema.optional(),
  queue: identifierSchema(100).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional()
    .openapi({ description: "Where people read it." }),
});

export type DocumentDescription = z.infer<typeof documentDescriptionSchema>;

export const documentSchema = z
  .object({
    id: z.uuid(),
    external_id: z.string(),
    title: z.string(),
    url: z.string().nullable(),
    language: z.string(),
    queue: z.string().nullable(),
    media_type: z.string(),
    keywords: z.array(z.string()),
    chunk_count: z.int(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .openapi("Document");

/** What a write of a document says: it is searchable by now. */
export const putDocumentSchema = z
  .object({
    id: z.uuid(),
    external_id: z.string(),
    title: z.string(),
    language: z.string(),
    chunk_count: z.int(),
    outcome: z.enum(["created", "replaced", "unchanged"]),
  })
  .openapi("PutDocumentResult");

export const documentExample = {
  id: "019ab8f1-02d4-7e11-8a57-64c0f3b1d9aa",
  external_id: "network/vpn-does-not-connect",
  title: "The VPN does not connect",
  url: null,
  language: "en",
  queue: "Network / Infrastructure",
  media_type: "text/markdown",
  keywords: ["vpn", "remote access"],
  chunk_count: 3,
  created_at: "2026-11-22T09:30:00.000Z",
  updated_at: "2026-11-22T09:30:00.000Z",
};

export const putDocumentExample = {
  id: documentExample.id,
  external_id: documentExample.external_id,
  title: documentExample.title,
  language: "en",
  chunk_count: 3,
  outcome: "created" as const,
};
