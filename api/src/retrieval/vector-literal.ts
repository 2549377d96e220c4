/** A vector as pgvector reads it. Nine significant digits give every float32 back exactly. */
export function vectorLiteral(vector: Float32Array): string {
  const numbers = new Array<number>(vector.length);
  for (let index = 0; index < vector.length; index += 1)
    numbers[index] = Number((vector[index] ?? 0).toPrecision(9));
  return `[${numbers.join(",")}]`;
}
