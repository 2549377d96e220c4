import type { Bundle } from "@support-it-agent/shared/bundle/load-bundle";
import { createClassifier } from "@support-it-agent/shared/classifier/create-classifier";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { buildFeatures } from "@support-it-agent/shared/features/build-features";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { z } from "zod";

const spreadSchema = z.strictObject({ median: z.number(), p95: z.number() });

/** Milliseconds for one ticket alone, from its text to its labels, on the machine that evaluated. */
export const latencySchema = z.strictObject({
  tickets: z.int(),
  /** Cleaning, redaction, vector, features and models. */
  wholeMs: spreadSchema,
  embeddingMs: spreadSchema,
  /** All models together. */
  modelsMs: spreadSchema,
});

export type Latency = z.infer<typeof latencySchema>;

/** The runtime's first runs are slower; a server has them behind it. */
const warmUps = 20;
const mostTickets = 200;

/** Times up to 200 of the texts, one at a time, after a warm-up. Null where there is no text. */
export async function measureLatency(
  bundle: Bundle,
  embedder: Embedder,
  texts: readonly string[],
): Promise<Latency | null> {
  if (texts.length === 0) return null;
  const classifier = await createClassifier(bundle);
  const times: Record<"whole" | "embedding" | "models", number[]> = { whole: [], embedding: [], models: [] };
  const tickets = Math.min(mostTickets, texts.length);
  try {
    for (let run = 0; run < warmUps + tickets; run += 1) {
      const started = performance.now();
      const prepared = prepareText(texts[run % texts.length] ?? "");
      const prepareEnded = performance.now();
      const [vector] = await embedder.embed([prepared.text]);
      const embedded = performance.now();
      const features = buildFeatures(prepared, vector ?? new Float32Array());
      const built = performance.now();
      await classifier.classify([features]);
      const ended = performance.now();
      if (run < warmUps) continue;
      times.whole.push(ended - started);
      times.embedding.push(embedded - prepareEnded);
      times.models.push(ended - built);
    }
  } finally {
    await classifier.close();
  }
  return {
    tickets,
    wholeMs: spread(times.whole),
    embeddingMs: spread(times.embedding),
    modelsMs: spread(times.models),
  };
}

/** Median and 95 % quantile, to hundredths. */
function spread(values: readonly number[]): { median: number; p95: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100;
  return { median: at(0.5), p95: at(0.95) };
}
