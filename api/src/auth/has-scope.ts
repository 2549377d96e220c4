import type { Caller } from "./caller.ts";
import type { Scope } from "./scopes.ts";

/** True where the caller has one of the scopes, or is an admin. No scopes: every known caller will do. */
export function hasScope(caller: Caller, anyOf: readonly Scope[]): boolean {
  return (
    anyOf.length === 0 ||
    caller.scopes.includes("admin") ||
    anyOf.some((scope) => caller.scopes.includes(scope))
  );
}
