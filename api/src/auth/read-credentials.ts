import type { Credentials } from "./create-identify.ts";

/**
 * The key of a request: `Authorization: Bearer KEY`, else `X-API-Key: KEY`. Another kind of Authorization is none of ours (a proxy's
 * own log-in, for example) and is passed over.
 */
export function readCredentials(request: Request): Credentials {
  const bearer = /^bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const key = bearer ?? (request.headers.get("x-api-key")?.trim() || null);
  return { key, host: new URL(request.url).hostname };
}
