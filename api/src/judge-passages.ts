import type { Relevance } from "./answer.ts";
import { type AskedAbout, relevanceBand, relevanceProbability } from "./assess-evidence.ts";
import { explainsCode, namedCodes } from "./explains-code.ts";
import type { Passage } from "./retrieval/retrieval.ts";

export type JudgedPassage = Passage & {
  readonly relevance: Relevance;
  /** How probably the passage is about the question, 0..1. Stays inside; `relevance` is what leaves. */
  readonly probability: number;
};

type Estimated = { readonly passage: Passage; readonly probability: number };

/**
 * The passages with how probably each is about the question, retrieval and classifier together. The order is retrieval's, which puts the right
 * article first more often than the probabilities do: these are for bands and abstention, their terms for languages make up for the
 * cosine's faults, and they rank only what retrieval finds about alike. An article in another language than the question's stands behind one in
 * its own language that is nearly as good, which is what an article that exists in both is. What explains an error code of the question, in
 * its language, stands before all others, and is rather about the question than not.
 */
export function judgePassages(
  passages: readonly Passage[],
  asked: AskedAbout & { readonly text: string },
): JudgedPassage[] {
  const codes = namedCodes(asked.text);
  const isExplaining = ({ kind, language, content }: Passage) =>
    kind === "article" && language === asked.language && explainsCode(content, codes);
  const estimated = passages.map((passage) => ({
    passage,
    probability: relevanceProbability(passage, asked),
  }));
  const own = estimated.filter(({ passage }) => passage.language === asked.language);
  const foreign = estimated.filter((estimate) => !own.includes(estimate));
  const judged = estimated.map((estimate) => {
    const rivals = isMostProbable(estimate, own) ? foreign.filter((other) => isTwin(estimate, other)) : [];
    const floor = isExplaining(estimate.passage) ? probabilityOfCode : 0;
    const probability = Math.max(floor, estimate.probability, ...rivals.map((rival) => rival.probability));
    return { ...estimate.passage, probability, relevance: relevanceBand(probability) };
  });
  const ranked = judged.toSorted((a, b) => rankOf(b) - rankOf(a));
  const ordered = ownLanguageFirst(ranked, asked.language);
  return [...ordered.filter(isExplaining), ...ordered.filter((passage) => !isExplaining(passage))];
}

/** At most a quarter more than what retrieval gives, so that the probability decides between passages that it finds about alike. */
const rankOf = ({ fused, probability }: JudgedPassage) => fused * (1 + probabilityShare * probability);

const probabilityShare = 0.25;

/** Enough for an answer without a queue (decide.ts), and no more than "the closest article". */
const probabilityOfCode = 0.6;

/** Among the question's own language and the passage's queue. */
const isMostProbable = (estimate: Estimated, own: readonly Estimated[]) =>
  own.includes(estimate) &&
  own.every(
    ({ passage, probability }) =>
      passage.queue !== estimate.passage.queue || probability <= estimate.probability,
  );

/** Most likely the same article in another language, so that what speaks for that one speaks for this one. */
const isTwin = (own: Estimated, other: Estimated) =>
  own.passage.queue !== null &&
  own.passage.queue === other.passage.queue &&
  isNearlyAsGood(own.passage, other.passage);

/** Passes over articles in another language, as long as one in the question's own, of the same band or a better one, is nearly as good. */
function ownLanguageFirst(judged: readonly JudgedPassage[], language: string): JudgedPassage[] {
  const rest = [...judged];
  const ordered: JudgedPassage[] = [];
  for (let first = rest[0]; first; first = rest[0]) {
    const passedOver = first;
    const place =
      first.language === language
        ? 0
        : rest.findIndex(
            (own) =>
              own.language === language &&
              bands.indexOf(own.relevance) <= bands.indexOf(passedOver.relevance) &&
              isNearlyAsGood(own, passedOver),
          );
    ordered.push(...rest.splice(Math.max(0, place), 1));
  }
  return ordered;
}

/** Best first. */
const bands: readonly Relevance[] = ["high", "medium", "low"];

const isNearlyAsGood = (own: Passage, other: Passage) =>
  own.kind === "article" && other.kind === "article" && own.fused >= nearlyAsGood * other.fused;

/** Share of the other passage's fused score. Answers are the same for .6 and .8. */
const nearlyAsGood = 0.8;
