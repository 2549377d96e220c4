import { type Scope, scopes } from "./scopes.ts";

/** What a caller is to the desk. Only what an agent says of a prediction may train a model. */
export type Role = "agent" | "requester" | "unknown";

/** Who sends a request. */
export type Caller = {
  /** Id of the key; null for somebody without one. It is what labels, the log and the audit name. */
  readonly keyId: string | null;
  readonly scopes: readonly Scope[];
  readonly role: Role;
};

/**
 * Whoever uses this machine while no key exists: the local agent, who may do and see everything. Nobody knows who it is, so what it
 * says of predictions trains nothing.
 */
export const localCaller: Caller = { keyId: null, scopes, role: "unknown" };

/** The caller that a key stands for. */
export function keyCaller(keyId: string, held: readonly Scope[]): Caller {
  const isAgent = held.includes("agent") || held.includes("admin");
  const isRequester = held.includes("ask") || held.includes("feedback");
  return { keyId, scopes: held, role: isAgent ? "agent" : isRequester ? "requester" : "unknown" };
}
