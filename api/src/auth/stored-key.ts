import { sql } from "drizzle-orm";
import { z } from "zod";
import { isoTime } from "../iso-time.ts";

/** A key as lists show it: everything but the key. Times are ISO 8601 in UTC. */
export type StoredKey = z.infer<typeof storedKeySchema>;

export const storedKeySchema = z.object({
  id: z.string(),
  prefix: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  labelsDistrusted: z.boolean(),
});

/** A row of api_keys as StoredKey, one JSON value: drivers read arrays and times differently. */
export const storedKeyJson = sql`jsonb_build_object('id', id, 'prefix', prefix, 'name', name, 'scopes', to_jsonb(scopes),
  'createdAt', ${isoTime("created_at")}, 'expiresAt', ${isoTime("expires_at")}, 'revokedAt', ${isoTime("revoked_at")},
  'labelsDistrusted', labels_distrusted)`;
