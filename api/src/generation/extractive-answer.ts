import { foldText } from "@support-it-agent/shared/text/fold-text";
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
 * English), each line with its [n]. It takes one document and stays with it, since steps of two documents do not
 * add up to one remedy. First come the lines that speak of an error code of the question, from any passage, then the steps that fit the
 * question best, in the document's order; sentences where there are no steps.
 *
 * Null where nothing is good enough to quote: no document with steps, and no sentence that shares a word with the question
 * (or, across languages, none in the best document at all); a solved ticket must share words in any case.
 */
export function extractiveAnswer(request: ExtractiveRequest): ExtractiveAnswer | null {
  const { language, maxSteps = 6 } = request;
  const scored = scoreUnits(request);
  const document = chooseDocument(request, scored);
  if (!document) return null;

  const named = unique(scored.filter((unit) => unit.hasCode)).slice(0, maxNamed);
  const own = unique(scored.filter((unit) => document.numbers.has(unit.n) && !named.includes(unit)));
  const steps = own.filter((unit) => unit.form === "step");
  const body = steps.length > 0 ? best(steps, maxSteps) : best(own.filter(document.mayQuote), maxSentences);
  if (named.length + body.length === 0) return null;

  const blocks = [
    leadIn(document.first, language),
    named.map((unit) => `- ${quoted(unit)}`).join("\n"),
    body.map((unit, index) => (unit.form === "step" ? `${index + 1}. ` : "- ") + quoted(unit)).join("\n"),
  ];
  const used = [...new Set([...named, ...body].map((unit) => unit.n))].sort((a, b) => a - b);
  return { text: blocks.filter((block) => block !== "").join("\n\n"), used };
}

/** Lines about an error code that stand before the steps. */
const maxNamed = 2;

/** Sentences are denser than steps and lose their sense out of context: fewer of them. */
const maxSentences = 3;

const longestUnit = 600;

type ScoredUnit = QuotableUnit & { readonly score: number; readonly hasCode: boolean };

/** Scores by the rarity, among all units, of the question's words that a unit holds. */
function scoreUnits({ question, language, passages }: ExtractiveRequest): ScoredUnit[] {
  const codes = errorCodes(question);
  const units = passages.flatMap((passage) => {
    const asked = termsInLanguage(question, language, passage.language);
    return readQuotableUnits(passage).map((unit) => ({
      unit,
      shared: [...questionTerms(unit.text)].filter((term) => asked.has(term)),
    }));
  });
  const countOf = Map.groupBy(
    units.flatMap(({ shared }) => shared),
    (term) => term,
  );
  const weightOf = (term: string) => Math.log(1 + units.length / (1 + (countOf.get(term)?.length ?? 0)));
  return units.map(({ unit, shared }) => ({
    ...unit,
    score: shared.reduce((sum, term) => sum + weightOf(term), 0),
    hasCode: unit.form !== "step" && explainsCode(unit.text, codes),
  }));
}

/** A line that names many codes lists them and explains none. */
function explainsCode(text: string, codes: ReadonlySet<string>): boolean {
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

/** The `count` that fit best, in the document's order. Where the words decide nothing, the first steps do. */
function best(units: readonly ScoredUnit[], count: number): ScoredUnit[] {
  const value = (unit: ScoredUnit, place: number) => unit.score + 2 / (2 + place);
  const inOrder = units.toSorted((a, b) => (a.form === "step" && b.form === "step" ? a.order - b.order : 0));
  const kept = inOrder
    .map((unit, place) => ({ unit, value: value(unit, place) }))
    .toSorted((a, b) => b.value - a.value)
    .slice(0, count);
  const keep = new Set(kept.map(({ unit }) => unit));
  return inOrder.filter((unit) => keep.has(unit));
}

/** Overlapping chunks hold the same line twice; the first one stays. */
function unique(units: readonly ScoredUnit[]): ScoredUnit[] {
  const seen = new Set<string>();
  return units.filter((unit) => {
    const key = foldText(unit.text);
    return seen.has(key) ? false : seen.add(key);
  });
}

function quoted({ text, n }: QuotableUnit): string {
  if (text.length <= longestUnit) return `${text} [${n}]`;
  const head = text.slice(0, longestUnit);
  return `${head.slice(0, Math.max(1, head.lastIndexOf(" ")))}… [${n}]`;
}

function leadIn({ kind, title, language }: GivenSource, asked: string): string {
  const words = asked === "fr" ? french : english;
  const name = language === asked ? undefined : words.languages[language];
  if (kind === "ticket") return words.ticket(title, name ? words.written("ticket", name) : "");
  return words.article(title, name ? words.written("article", name) : "");
}

const french = {
  article: (title: string, note: string) => `D'après la base de connaissances, « ${title} »${note} :`,
  ticket: (subject: string, note: string) =>
    `Un ticket semblable, « ${subject} »${note}, a été résolu ainsi :`,
  written: (what: string, language: string) => ` (${what} en ${language})`,
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
  ticket: (subject, note) => `A similar ticket, “${subject}”${note}, was solved like this:`,
  written: (what, language) => ` (${what} in ${language})`,
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
