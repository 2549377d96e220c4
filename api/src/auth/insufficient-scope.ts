import { Problem } from "../problem.ts";
import type { Scope } from "./scopes.ts";

/** The refusal of a caller that is known and has none of the scopes. `what` begins the sentence: "This route works". */
export function insufficientScope(anyOf: readonly Scope[], what: string): Problem {
  return new Problem(
    "insufficient_scope",
    `${what} with a key that has the scope ${anyOf.join(" or ")}. Whoever runs the agent makes one: ` +
      `./scripts/keys create --name NAME --scopes ${anyOf[0]}.`,
    {
      headers: {
        "www-authenticate": `Bearer realm="support-it-agent", error="insufficient_scope", scope="${anyOf.join(" ")}"`,
      },
    },
  );
}
