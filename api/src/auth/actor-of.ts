import type { Caller } from "./caller.ts";

/** How the audit log names a caller: by the id of their key. */
export function actorOf(caller: Caller): string {
  return caller.keyId === null ? "local" : `key:${caller.keyId}`;
}
