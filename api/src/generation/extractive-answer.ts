import { foldText } from "@support-it-agent/shared/text/fold-text";
import { splitSentences } from "@support-it-agent/shared/text/split-sentences";
import { chooseProcedure, type Procedure, type ScoredStep } from "./choose-procedure.ts";
import type { GivenSource } from "./generation.ts";
import { errorCodes, questionTerms, termsInLanguage } from "./question-terms.ts";
import { type QuotableUnit, readQuotableUnits } from "./read-quotable-units.ts";

export type ExtractiveRequest = {
  /** Prepared question. */
  readonly question: string;
  readonly language: string;
  /** Best first, as retrieval ranked them. */
  readonly passages: readonly GivenSource[];
  readonly maxSteps?: number;
};

export type ExtractiveAnswer = {
  readonly text: string;
  /** Numbers of the passages that are quoted, each once, ascending. */
  readonly used: readonly number[];
};

/**
 * An answer without a language model: one document's own words, labelled as such in the question's language (French or
 * English), each line with its [n]; an article that is only probably about the question says so. It takes one document and stays with it, since steps of two documents do not
 * add up to one remedy. First come the lines that speak of an error code of the question, from any passage, then the numbered list that fits
 * the question best, whole, since a step builds on those before it (chooseProcedure); sentences where there are no steps.
 *
 * Null where nothing is good enough to quote: no document with steps, and no sentence that shares a word with the question
 * (or, across languages, none in the best document at all); a solved ticket must share words in any case.
 */
export function extractiveAnswer(request: ExtractiveRequest): ExtractiveAnswer | null {
  const { language, maxSteps = 15 } = request;
  const scored = scoreUnits(request);
  const document = chooseDocument(request, scored);
  if (!document) return null;

  const named = unique(scored.filter((unit) => unit.hasCode)).slice(0, maxNamed);
  const own = scored.filter((unit) => document.numbers.has(unit.n) && !named.includes(unit));
  const procedure = chooseProcedure(own.filter((unit) => unit.form === "step"));
  const body = procedure
    ? procedure.steps.slice(0, maxSteps)
    : best(unique(own.filter(document.mayQuote)), maxSentences);
  if (named.length + body.length === 0) return null;

  const blocks = [
    leadIn(document.first, procedure, language),
    named.map((unit) => `- ${quoted(unit, language)}`).join("\n"),
    procedure
      ? numbered(procedure, body, language)
      : body.map((unit) => `- ${quoted(unit, language)}`).join("\n"),
  ];
  const used = [...new Set([...named, ...body].map((unit) => unit.n))].sort((a, b) => a - b);
  return { text: blocks.filter((block) => block !== "").join("\n\n"), used };
}

/** Lines about an error code that stand before the steps. */
const maxNamed = 2;

/** Sentences are denser than steps and lose their sense out of context: fewer of them. */
const maxSentences = 3;

/** A step is quoted whole: its last words can turn it round ("only if the lamp is green"). What is longer is cut at a sentence's end, and says so. */
const longestUnit = 2_000;

type ScoredUnit = ScoredStep & { readonly hasCode: boolean };

/** Scores by the rarity, among all units, of the question's words that a unit holds. */
function scoreUnits({ question, language, passages }: ExtractiveRequest): ScoredUnit[] {
  const codes = errorCodes(question);
  const units = passages.flatMap((passage) => {
    const asked = termsInLanguage(question, language, passage.language);
    const sharedWith = (text: string) => [...questionTerms(text)].filter((term) => asked.has(term));
    const sharedByHeading = new Map<string | null, readonly string[]>();
    return readQuotableUnits(passage).map((unit) => {
      const known = sharedByHeading.get(unit.heading) ?? sharedWith(unit.heading ?? "");
      sharedByHeading.set(unit.heading, known);
      return { unit, shared: sharedWith(unit.text), sharedByHeading: known };
    });
  });
  const countOf = Map.groupBy(
    units.flatMap(({ shared }) => shared),
    (term) => term,
  );
  const weightOf = (term: string) => Math.log(1 + units.length / (1 + (countOf.get(term)?.length ?? 0)));
  const scoreOf = (terms: readonly string[]) => terms.reduce((sum, term) => sum + weightOf(term), 0);
  return units.map(({ unit, shared, sharedByHeading }) => ({
    ...unit,
    score: scoreOf(shared),
    headingScore: scoreOf(sharedByHeading),
    hasCode: unit.form !== "step" && explainsCode(unit.text, codes),
  }));
}

/** A line that names many codes lists them and explains none. */
function explainsCode(text: string, codes: ReadonlySet<string>): boolean {
  if (codes.size === 0) return false;
  const named = errorCodes(text);
  return named.size <= 3 && [...named].some((code) => codes.has(code));
}

type ChosenDocument = {
  readonly first: GivenSource;
  readonly numbers: ReadonlySet<number>;
  readonly mayQuote: (unit: ScoredUnit) => boolean;
};

/** The document to quote: retrieval's order first, then the title's words, the language, and having steps. */
function chooseDocument(
  { question, language, passages }: ExtractiveRequest,
  units: readonly ScoredUnit[],
): ChosenDocument | null {
  const documents = Map.groupBy(
    passages,
    (passage) => `${passage.kind} ${passage.language} ${foldText(passage.title)}`,
  );
  let chosen: ChosenDocument | null = null;
  let chosenValue = Number.NEGATIVE_INFINITY;
  for (const parts of documents.values()) {
    const first = parts[0];
    if (!first) continue;
    const numbers = new Set(parts.map((part) => part.n));
    const isForeign = first.language !== language && first.kind === "article";
    const mayQuote = (unit: ScoredUnit) => unit.score > 0 || isForeign;
    const own = units.filter((unit) => numbers.has(unit.n));
    const asked = termsInLanguage(question, language, first.language);
    const shared = [...questionTerms(first.title)].filter((term) => asked.has(term)).length;
    const hasSteps = own.some((unit) => unit.form === "step");
    const isEnough =
      first.kind === "ticket"
        ? shared > 0 && own.some((unit) => unit.score > 0)
        : hasSteps || own.some((unit) => unit.hasCode || mayQuote(unit));
    const value =
      1 / (1 + passages.indexOf(first)) +
      (asked.size > 0 ? (0.5 * shared) / asked.size : 0) +
      (hasSteps ? 0.1 : 0) +
      (isForeign ? 0 : 0.15) -
      (first.kind === "ticket" ? 0.25 : 0);
    if (isEnough && value > chosenValue) {
      chosen = { first, numbers, mayQuote };
      chosenValue = value;
    }
  }
  return chosen;
}

/** The `count` sentences and items that fit best, in the document's order. Where the words decide nothing, the first ones do. */
function best(units: readonly ScoredUnit[], count: number): ScoredUnit[] {
  const kept = units
    .map((unit, place) => ({ unit, value: unit.score + 2 / (2 + place) }))
    .toSorted((a, b) => b.value - a.value)
    .slice(0, count);
  const keep = new Set(kept.map(({ unit }) => unit));
  return units.filter((unit) => keep.has(unit));
}

/** Steps under their own numbers, where those ascend; says how many more there are. */
function numbered(
  { steps }: Procedure<ScoredUnit>,
  quotedSteps: readonly ScoredUnit[],
  language: string,
): string {
  const ascends = steps.every(({ order }, place) => place === 0 || order > (steps[place - 1]?.order ?? 0));
  const lines = quotedSteps.map(
    (unit, place) => `${ascends ? unit.order : place + 1}. ${quoted(unit, language)}`,
  );
  const left = steps.length - quotedSteps.length;
  const next = steps[quotedSteps.length];
  return next ? [...lines, `${wordsFor(language).more(left)} [${next.n}]`].join("\n") : lines.join("\n");
}

/** Overlapping chunks hold the same line twice; the first one stays. */
function unique(units: readonly ScoredUnit[]): ScoredUnit[] {
  const seen = new Set<string>();
  return units.filter((unit) => {
    const key = foldText(unit.text);
    return seen.has(key) ? false : seen.add(key);
  });
}

function quoted({ text, n }: QuotableUnit, language: string): string {
  if (text.length <= longestUnit) return `${text} [${n}]`;
  const head = `${wholeSentences(text, language)} ${wordsFor(language).rest}`;
  return `${head.trimStart()} [${n}]`;
}

/** As many sentences and lines of a text as fit; none where the first one is too long. */
function wholeSentences(text: string, language: string): string {
  let end = 0;
  for (const sentence of splitSentences(text, language)) {
    const sentenceEnd = text.indexOf(sentence, end) + sentence.length;
    if (sentenceEnd > longestUnit) break;
    end = sentenceEnd;
  }
  return text.slice(0, end);
}

function leadIn(
  { kind, title, language, relevance }: GivenSource,
  procedure: Procedure<ScoredUnit> | null,
  asked: string,
): string {
  const words = wordsFor(asked);
  const name = language === asked ? undefined : words.languages[language];
  if (kind === "ticket") return words.ticket(title, name ? words.written("ticket", name) : "");
  const part = procedure?.isOneOfSeveral && procedure.heading ? words.part(procedure.heading) : "";
  const note = part + (name ? words.written("article", name) : "");
  return relevance === "high" ? words.article(title, note) : words.closestArticle(title, note);
}

const wordsFor = (language: string) => (language === "fr" ? french : english);

const french = {
  article: (title: string, note: string) => `D'après la base de connaissances, « ${title} »${note} :`,
  closestArticle: (title: string, note: string) =>
    `L'article le plus proche de la base de connaissances est « ${title} »${note}. S'il ne convient pas, demandez une personne.`,
  ticket: (subject: string, note: string) =>
    `Un ticket semblable, « ${subject} »${note}, a été résolu ainsi :`,
  part: (heading: string) => `, « ${heading} »`,
  written: (what: string, language: string) => ` (${what} en ${language})`,
  more: (count: number) => `… et encore ${count} ${count === 1 ? "étape" : "étapes"} dans la source.`,
  rest: "… La suite est dans la source.",
  languages: {
    en: "anglais",
    fr: "français",
    de: "allemand",
    es: "espagnol",
    pt: "portugais",
    it: "italien",
    nl: "néerlandais",
  } as Readonly<Record<string, string>>,
};

const english: typeof french = {
  article: (title, note) => `From the knowledge base, “${title}”${note}:`,
  closestArticle: (title, note) =>
    `The closest article in the knowledge base is “${title}”${note}. If it does not fit, ask for a person.`,
  ticket: (subject, note) => `A similar ticket, “${subject}”${note}, was solved like this:`,
  part: (heading) => `, “${heading}”`,
  written: (what, language) => ` (${what} in ${language})`,
  more: (count) => `… and ${count} more ${count === 1 ? "step" : "steps"} in the source.`,
  rest: "… The rest is in the source.",
  languages: {
    en: "English",
    fr: "French",
    de: "German",
    es: "Spanish",
    pt: "Portuguese",
    it: "Italian",
    nl: "Dutch",
  },
};
