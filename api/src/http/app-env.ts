import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Logger } from "../operations/logger.ts";

/** What the middleware leaves for the handlers of one request. */
export type AppEnv = { Variables: { requestId: string; log: Logger } };

export type App = OpenAPIHono<AppEnv>;
