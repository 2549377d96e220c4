import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http/app-env.ts";
import type { Identify } from "./create-identify.ts";
import { readCredentials } from "./read-credentials.ts";

/** Leaves `identify` for the routes that need to know who asks. Nothing is looked up for those that do not. */
export const identifyCallers = (identify: Identify) =>
  createMiddleware<AppEnv>(async (c, next) => {
    c.set("identify", () => identify(readCredentials(c.req.raw)));
    await next();
  });
