import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http/app-env.ts";
import type { ProblemCode } from "../problem.ts";
import { hasScope } from "./has-scope.ts";
import { insufficientScope } from "./insufficient-scope.ts";
import type { Scope } from "./scopes.ts";

/** What a route that needs a key can answer to somebody without the right one. */
export const keyProblems = [
  "key_required",
  "invalid_key",
  "insufficient_scope",
  "overloaded",
  "database_unavailable",
  "internal_error",
] as const satisfies readonly ProblemCode[];

/** Whom a route serves, said once: to the reader of the interface's description, and to who asks. */
export type Allowed = {
  /** For createRoute. */
  readonly security: Record<string, string[]>[];
  /** Before the body is read. Leaves `caller`. Throws key_required, invalid_key, insufficient_scope. */
  readonly authorize: ReturnType<typeof createMiddleware<AppEnv>>;
};

/** Serves callers with one of the scopes, and admins; without a scope, every caller that is known. */
export function allow(...anyOf: readonly Scope[]): Allowed {
  return {
    security: ["bearerKey", "headerKey"].flatMap((scheme) =>
      anyOf.length === 0 ? [{ [scheme]: [] }] : anyOf.map((scope) => ({ [scheme]: [scope] })),
    ),
    authorize: createMiddleware<AppEnv>(async (c, next) => {
      const caller = await c.get("identify")();
      if (!hasScope(caller, anyOf)) throw insufficientScope(anyOf, "This route works");
      c.set("caller", caller);
      await next();
    }),
  };
}
