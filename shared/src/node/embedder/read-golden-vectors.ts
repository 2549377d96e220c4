import { readFile } from "node:fs/promises";
import { z } from "zod";
import { embeddingDimensions } from "../../embedder/embedder.ts";

const fixture = new URL("../../../../scripts/golden-vectors/fixtures/golden-vectors.json", import.meta.url);

const schema = z.object({
  texts: z.array(
    z.object({
      text: z.string(),
      tokens: z.array(z.int()),
      vector: z.array(z.number()).length(embeddingDimensions),
    }),
  ),
});

export type GoldenVector = z.infer<typeof schema>["texts"][number];

/** What sentence-transformers makes of 24 texts: token ids, and the vector rounded to six digits. For tests and benchmarks. */
export async function readGoldenVectors(): Promise<GoldenVector[]> {
  return schema.parse(JSON.parse(await readFile(fixture, "utf8"))).texts;
}
