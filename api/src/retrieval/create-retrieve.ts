import type { Database } from "@support-it-agent/shared/database/database";
import { findByTerms } from "./find-by-terms.ts";
import { questionTerms } from "./question-terms.ts";
import { rankPassages } from "./rank-passages.ts";
import type { Retrieve } from "./retrieval.ts";

/**
 * Hybrid retrieval over one database. The text arm starts at once and runs while the question is being embedded; the second
 * statement takes its candidates, adds the nearest vectors, scores all of them by both measures and fuses the scores.
 * When the embedding fails, the text arm answers alone, and every passage's cosine is null; an abort is passed on.
 * Throws DatabaseUnavailableError.
 */
export function createRetrieve(database: Database): Retrieve {
  return async ({ text, language, embedding, topK, kinds, signal }) => {
    signal?.throwIfAborted();
    const [found, vector] = await Promise.all([
      findByTerms(database, questionTerms(text, language), kinds),
      embedding.catch((error: unknown) => {
        if (signal?.aborted) throw error;
        return null;
      }),
    ]);
    signal?.throwIfAborted();
    return rankPassages(database, { found, vector, language, topK, kinds });
  };
}
