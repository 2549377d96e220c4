import type { EvaluationDocument } from "./read-retrieval-set.ts";

const k1 = 1.2;
const b = 0.75;

/**
 * The yardstick: BM25 (Robertson and Zaragoza 2009, with the idf that cannot be negative) over whole documents, title and
 * text in one, lower-cased words, no stop words, no stemming. Returns a function that gives the best document ids of a
 * question, best first.
 */
export function rankByBm25(
  documents: readonly EvaluationDocument[],
): (question: string, limit: number) => string[] {
  const bags = documents.map(({ title, text }) => countWords(`${title ?? ""} ${text}`));
  const lengths = bags.map((bag) => [...bag.values()].reduce((sum, count) => sum + count, 0));
  const averageLength = lengths.reduce((sum, length) => sum + length, 0) / documents.length;
  const postings = new Map<string, { document: number; weight: number }[]>();
  for (const [document, bag] of bags.entries()) {
    const norm = k1 * (1 - b + (b * (lengths[document] ?? 0)) / averageLength);
    for (const [word, count] of bag) {
      const posting = { document, weight: (count * (k1 + 1)) / (count + norm) };
      const known = postings.get(word);
      if (known) known.push(posting);
      else postings.set(word, [posting]);
    }
  }
  return (question, limit) => {
    const scores = new Float64Array(documents.length);
    for (const [word, repetitions] of countWords(question)) {
      const holding = postings.get(word) ?? [];
      const idf = Math.log(1 + (documents.length - holding.length + 0.5) / (holding.length + 0.5));
      for (const { document, weight } of holding) {
        scores[document] = (scores[document] ?? 0) + repetitions * idf * weight;
      }
    }
    return [...scores.keys()]
      .filter((document) => (scores[document] ?? 0) > 0)
      .sort((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right)
      .slice(0, limit)
      .map((document) => documents[document]?.id ?? "");
  };
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}_]+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}
