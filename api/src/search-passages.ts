import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import type { Relevance } from "./answer.ts";
import { relevanceBand, relevanceProbability } from "./assess-evidence.ts";
import type { Passage, Retrieve } from "./retrieval/retrieval.ts";

export type SearchDeps = { readonly embedder: Embedder; readonly retrieve: Retrieve };

export type SearchRequest = {
  readonly query: string;
  readonly topK: number;
  readonly kinds: readonly ("article" | "ticket")[];
  readonly signal: AbortSignal;
};

export type FoundPassage = Passage & { readonly relevance: Relevance };

/** Retrieval alone, best first: what an answer to this question would be made from. Throws DatabaseUnavailableError. */
export async function searchPassages(
  { embedder, retrieve }: SearchDeps,
  { query, topK, kinds, signal }: SearchRequest,
): Promise<{ language: string; passages: FoundPassage[] }> {
  const { text, language } = prepareText(query);
  const embedding = embedder.embed([text], { signal, isShared: true }).then(([vector]) => {
    if (!vector) throw new Error("the embedder gave no vector for the query");
    return vector;
  });
  // Where retrieval fails first, nobody is left to await this.
  embedding.catch(() => {});
  const passages = await retrieve({ text, language, embedding, topK, kinds, signal });
  return {
    language,
    passages: passages.map((passage) => ({
      ...passage,
      relevance: relevanceBand(relevanceProbability(passage, { language })),
    })),
  };
}
