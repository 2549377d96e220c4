import type { SQL } from "drizzle-orm";

/**
 * Makes a statement once for the same arguments and gives the same object every time after: createPrepare puts an object
 * into words once. Values that differ from call to call are placeholders in it.
 */
export function keepStatements<Arguments extends readonly unknown[]>(
  make: (...given: Arguments) => SQL,
): (...given: Arguments) => SQL {
  const statements = new Map<string, SQL>();
  return (...given) => {
    const key = given.join(";");
    const known = statements.get(key) ?? make(...given);
    statements.set(key, known);
    return known;
  };
}
