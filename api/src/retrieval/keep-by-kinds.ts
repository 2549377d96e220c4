import type { SQL } from "drizzle-orm";
import type { Passage } from "./retrieval.ts";

/**
 * Makes a statement once for each list of kinds and gives the same object every time after: createPrepare puts an object
 * into words once. Values that differ from call to call are placeholders in it.
 */
export function keepByKinds(
  make: (kinds: readonly Passage["kind"][]) => SQL,
): (kinds: readonly Passage["kind"][]) => SQL {
  const statements = new Map<string, SQL>();
  return (kinds) => {
    const key = kinds.join();
    const known = statements.get(key) ?? make(kinds);
    statements.set(key, known);
    return known;
  };
}
