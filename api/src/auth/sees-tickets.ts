import type { Caller } from "./caller.ts";
import { hasScope } from "./has-scope.ts";

/** True where somebody else's solved tickets may be shown: to agents, and to whoever uses this machine while no key exists. */
export function seesTickets(caller: Caller): boolean {
  return hasScope(caller, ["agent"]);
}
