import { createMiddleware } from "hono/factory";

/** Makes an Error of whatever else was thrown: the framework hands only those to onError. */
export const onlyErrors = createMiddleware(async (_, next) => {
  try {
    await next();
  } catch (thrown) {
    throw thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`);
  }
});
