import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Caller } from "../auth/caller.ts";
import type { Logger } from "../operations/logger.ts";

/** What the middleware leaves for the handlers of one request. */
export type AppEnv = {
  Variables: {
    requestId: string;
    log: Logger;
    /** Who sends the request; asked by routes that are not open to everybody. */
    identify: () => Promise<Caller>;
    /** The same, once a route has let them in. */
    caller: Caller;
  };
};

export type App = OpenAPIHono<AppEnv>;
