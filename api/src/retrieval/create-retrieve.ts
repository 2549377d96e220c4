import type { Database } from "@support-it-agent/shared/database/database";
import { joinCalls } from "../join-calls.ts";
import { findByTerms } from "./find-by-terms.ts";
import { type QuestionTerm, questionTerms } from "./question-terms.ts";
import { type RankedQuestion, type RankOptions, rankPassages } from "./rank-passages.ts";
import type { Passage, Retrieve } from "./retrieval.ts";

type Kinds = readonly Passage["kind"][];

/**
 * Hybrid retrieval over one database. The text arm starts with the question's embedding and runs beside it; the second
 * statement takes its candidates, adds the nearest vectors, scores all of them by both measures and fuses the scores.
 * Questions that come in one turn of the event loop share their statements (joinCalls).
 * When the embedding fails, the text arm answers alone, and every passage's cosine is null; an abort is passed on.
 * Throws DatabaseUnavailableError.
 */
export function createRetrieve(database: Database, endOfTurn?: () => Promise<unknown>): Retrieve {
  const find = joinCalls(
    (asked: readonly { readonly terms: readonly QuestionTerm[]; readonly kinds: Kinds }[]) =>
      findByTerms(
        database,
        asked.map(({ terms }) => terms),
        asked[0]?.kinds ?? [],
      ),
    { endOfTurn, keyOf: ({ kinds }) => kinds.join() },
  );
  const rank = joinCalls(
    (asked: readonly (RankedQuestion & RankOptions)[]) =>
      rankPassages(database, asked, asked[0] ?? { topK: 0, kinds: [] }),
    { endOfTurn, keyOf: ({ topK, kinds, vector }) => `${topK} ${kinds.join()} ${vector === null}` },
  );
  return async ({ text, language, embedding, embeddingStart, topK, kinds, signal }) => {
    signal?.throwIfAborted();
    const terms = questionTerms(text, language);
    const embedded = embedding.catch((error: unknown) => {
      if (signal?.aborted) throw error;
      return null;
    });
    await Promise.race([embeddingStart, embedded]);
    const [found, vector] = await Promise.all([find({ terms, kinds }), embedded]);
    signal?.throwIfAborted();
    if (!vector && found.numbers.length === 0) return [];
    return rank({ found, vector, language, topK, kinds });
  };
}
