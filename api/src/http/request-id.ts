import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app-env.ts";

const sane = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** The caller's X-Request-Id where it is one (letters, digits, ._:-, at most 128), else a new one; it leaves with the response. */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const given = c.req.header("x-request-id");
  const id = given && sane.test(given) ? given : crypto.randomUUID();
  c.set("requestId", id);
  await next();
  c.res.headers.set("x-request-id", id);
});
