import { z } from "@hono/zod-openapi";
import { scopes } from "../auth/scopes.ts";
import type { StoredKey } from "../auth/stored-key.ts";

export const scopeSchema = z.enum(scopes);

/** A key as lists show it. Its prefix names it; the key itself is stored nowhere. */
export const keySchema = z
  .object({
    id: z.uuid().openapi({ description: "What labels and the log name its holder by." }),
    prefix: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    created_at: z.string(),
    expires_at: z.string().nullable().openapi({ description: "Null for never." }),
    revoked_at: z.string().nullable(),
    labels_distrusted: z.boolean().openapi({ description: "Its labels train nothing any more." }),
  })
  .openapi("Key");

export function toKeyBody(key: StoredKey): z.input<typeof keySchema> {
  return {
    id: key.id,
    prefix: key.prefix,
    name: key.name,
    scopes: key.scopes,
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
    labels_distrusted: key.labelsDistrusted,
  };
}

export const keyExample = {
  id: "019ab8f0-5c1e-7b36-9d0a-3c5e1f7a2b44",
  prefix: "sia_k3f7abcq",
  name: "Ana, second line",
  scopes: ["agent"],
  created_at: "2026-11-22T09:30:00.000Z",
  expires_at: "2027-02-20T09:30:00.000Z",
  revoked_at: null,
  labels_distrusted: false,
};
