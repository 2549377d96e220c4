import { z } from "zod";
import { callServer } from "./call-server.ts";
import type { KeyStore } from "./open-keys.ts";

const keySchema = z
  .object({
    id: z.string(),
    prefix: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
    labels_distrusted: z.boolean(),
    key: z.string().default(""),
  })
  .transform(({ created_at, expires_at, revoked_at, labels_distrusted, ...key }) => ({
    ...key,
    createdAt: created_at,
    expiresAt: expires_at,
    revokedAt: revoked_at,
    labelsDistrusted: labels_distrusted,
  }));

const listSchema = z.object({ keys: z.array(keySchema) });

/** The keys behind a running server: its /keys. `key` is an admin's, where the server asks for one. */
export function createHttpKeys(url: string, key: string | undefined): KeyStore {
  return {
    target: `the server at ${url}`,
    create: async ({ name, scopes, expiresInDays }) => {
      const body = { name, scopes, ...(expiresInDays === null ? {} : { expires_in_days: expiresInDays }) };
      const init = {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      };
      return keySchema.parse(await callServer(new URL("/keys", url), init, key));
    },
    list: async () => listSchema.parse(await callServer(new URL("/keys", url), {}, key)).keys,
    revoke: async ({ prefix, distrustsLabels }) => {
      const address = new URL(`/keys/${prefix}?distrust_labels=${distrustsLabels}`, url);
      const revoked = await callServer(address, { method: "DELETE" }, key, [404]);
      return revoked === null ? null : keySchema.parse(revoked);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
