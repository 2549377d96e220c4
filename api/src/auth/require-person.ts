import { Problem } from "../problem.ts";
import type { Caller } from "./caller.ts";

/** The id of the caller's key, for what must say who did it. Throws key_required where nobody knows. */
export function requirePerson(caller: Caller): string {
  if (caller.keyId !== null) return caller.keyId;
  throw new Problem(
    "key_required",
    "A label must say who gave it, and without a key nobody knows. Make one: ./scripts/keys create --name NAME --scopes agent.",
    { headers: { "www-authenticate": 'Bearer realm="support-it-agent"' } },
  );
}
