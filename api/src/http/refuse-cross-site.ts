import { createMiddleware } from "hono/factory";
import { Problem } from "../problem.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses writes that another website makes a visitor's browser send (it can post text/plain and forms anywhere without
 * asking, a server on loopback included). Browsers say where a request comes from in Sec-Fetch-Site; other clients do not
 * send it and are let through.
 */
export const refuseCrossSite = createMiddleware(async (c, next) => {
  const site = c.req.header("sec-fetch-site");
  if (!safeMethods.has(c.req.method) && (site === "cross-site" || site === "same-site")) {
    throw new Problem("cross_site_request", "Send this from the agent's own pages or from a server.");
  }
  await next();
});
