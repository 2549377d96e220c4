import type { Answer } from "./answer.ts";
import type { JudgedPassage } from "./judge-passages.ts";
import { quoteBestSentence } from "./quote-best-sentence.ts";

/** More sources than these make an answer longer and no better. */
const maxSources = 4;

/** More similar tickets than these nobody reads. */
const maxSimilarTickets = 3;

/** What an answer is written from: articles before solved tickets, whose notes say what helped once. */
export function chooseSources(passages: readonly JudgedPassage[]): JudgedPassage[] {
  const relevant = passages.filter((passage) => passage.relevance !== "low");
  const articles = relevant.filter((passage) => passage.kind === "article");
  const tickets = relevant.filter((passage) => passage.kind === "ticket");
  return [...articles, ...tickets].slice(0, maxSources);
}

/** The sources with the numbers that the answer cites, as they leave. Number n is the n-th of the chosen ones. */
export function citeSources(
  chosen: readonly JudgedPassage[],
  cited: readonly number[],
  question: string,
): Answer["sources"] {
  return cited.flatMap((n) => {
    const passage = chosen[n - 1];
    if (!passage) return [];
    const { kind, sourceId: id, title, url, relevance } = passage;
    return [
      {
        n,
        kind,
        id,
        title,
        url,
        quote: quoteBestSentence(passage.content, question, passage.language),
        relevance,
      },
    ];
  });
}

/** Solved tickets that are plainly alike, for whoever takes over. */
export function similarTickets(passages: readonly JudgedPassage[]): Answer["similarTickets"] {
  return passages
    .filter((passage) => passage.kind === "ticket" && passage.relevance === "high")
    .slice(0, maxSimilarTickets)
    .map(({ sourceId, title, content }) => ({ id: sourceId, subject: title, resolution: content }));
}
