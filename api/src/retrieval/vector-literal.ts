/** A vector as pgvector reads it. Nine significant digits give every float32 back exactly. */
export function vectorLiteral(vector: Float32Array): string {
  let literal = "[";
  for (let index = 0; index < vector.length; index += 1) {
    literal += `${index === 0 ? "" : ","}${(vector[index] ?? 0).toPrecision(9)}`;
  }
  return `${literal}]`;
}
