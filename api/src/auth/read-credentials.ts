import type { Credentials } from "./create-identify.ts";

/**
 * The key of a request: `Authorization: Bearer KEY`, else `X-API-Key: KEY`. Another kind of Authorization is none of ours (a proxy's
 * own log-in, for example) and is passed over.
 */
export function readCredentials(request: Request): Credentials {
  const bearer = /^bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const key = bearer ?? (request.headers.get("x-api-key")?.trim() || null);
  const isForwarded = proxyHeaders.some((name) => request.headers.has(name));
  return { key, host: new URL(request.url).hostname, isForwarded };
}

/** What proxies add (RFC 7239, RFC 9110 section 7.6.3, and what came before them). */
const proxyHeaders = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
