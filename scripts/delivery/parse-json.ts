/** Undefined where the text is no JSON: the schema that it is held against says so then. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
