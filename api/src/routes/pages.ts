import type { Context } from "hono";
import type { AppDeps, ReadPage } from "../app-deps.ts";
import type { App } from "../http/app-env.ts";

/** Own scripts and styles, requests to this server, and nothing from anywhere else. */
const ownPolicy = policy("style-src 'self'");

/** Swagger UI writes style attributes; its scripts need nothing more than ours. */
const docsPolicy = policy("style-src 'self' 'unsafe-inline'");

/**
 * GET /, /docs and /assets/{name}: the help page, the interface's documentation, and their files, all from this server. Where no
 * pages are served (edge), these routes do not exist.
 */
export function addPages(app: App, { readPage }: Pick<AppDeps, "readPage">): void {
  if (!readPage) return;
  app.get("/", (c) => send(c, readPage, "help.html", ownPolicy));
  app.get("/docs", (c) => send(c, readPage, "docs.html", docsPolicy));
  app.get("/assets/:name", (c) => send(c, readPage, c.req.param("name"), ownPolicy));
}

async function send(c: Context, readPage: ReadPage, name: string, contentSecurityPolicy: string) {
  const page = await readPage(name);
  if (!page) return c.notFound();
  return c.body(page.bytes, 200, {
    "content-type": page.contentType,
    "content-security-policy": contentSecurityPolicy,
    "cache-control": "no-cache",
  });
}

function policy(styles: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    styles,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
