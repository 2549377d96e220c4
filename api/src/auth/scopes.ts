/** What a key may be for. `agent` is a person of the desk (or its ticket tool), `ask` somebody who wants help; `admin` may do everything. */
export const scopes = ["ask", "feedback", "agent", "knowledge", "monitor", "admin"] as const;

export type Scope = (typeof scopes)[number];
