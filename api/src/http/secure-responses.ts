import { createMiddleware } from "hono/factory";

/**
 * Headers that keep a browser from doing more with a response than it should. A page that needs scripts sets a
 * Content-Security-Policy of its own; everything else may load nothing.
 */
export const secureResponses = createMiddleware(async (c, next) => {
  await next();
  const { headers } = c.res;
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("cross-origin-resource-policy", "same-origin");
  headers.set("x-frame-options", "DENY");
  if (!headers.has("content-security-policy")) {
    headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
  }
});
