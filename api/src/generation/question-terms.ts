import { foldText } from "@support-it-agent/shared/text/fold-text";
import { translateTerms } from "@support-it-agent/shared/text/it-glossary";

/** The words of a question as a text in another language would say them: its own (names, codes) and their translations. */
export function termsInLanguage(question: string, from: string, to: string): Set<string> {
  const isKnownPair = (from === "fr" && to === "en") || (from === "en" && to === "fr");
  return questionTerms(
    isKnownPair ? `${question} ${translateTerms(question, from, to).join(" ")}` : question,
  );
}

/**
 * The words of a text that say what it is about, each once, cut to five letters: "imprimante" and "imprimer", "connecting" and
 * "connected" are one. Stop words and words of one or two letters are left out; codes stay whole.
 */
export function questionTerms(text: string): Set<string> {
  const words = foldText(text).match(/0x[0-9a-f]{4,}|[\p{L}\p{N}]{3,}/gu) ?? [];
  return new Set(
    words.filter((word) => !stopWords.has(word)).map((word) => (/\d/u.test(word) ? word : word.slice(0, 5))),
  );
}

/**
 * Error codes: 0x80070035, KB5034441, AADSTS50053, 809. A bare number that is as likely an amount, a year or a product's name
 * ("Office 365") counts behind a word for "error" alone.
 */
export function errorCodes(text: string): Set<string> {
  const codes = foldText(text).matchAll(
    /(?<announced>\b(?:err(?:eur|or)s?|code|http|stop|event|evenement)\s(?:n°\s?)?)?\b(?<code>0x[0-9a-f]{4,}|[a-z]{2,10}-?\d{3,}|\d{3,5})\b/gu,
  );
  const counts = (code: string, announced: string | undefined) =>
    announced !== undefined || !/^(?:365|(?:19|20)\d\d|\d+00)$/u.test(code);
  return new Set(
    [...codes].flatMap(({ groups }) =>
      groups?.code && counts(groups.code, groups.announced) ? [groups.code] : [],
    ),
  );
}

const stopWords = new Set(
  foldText(
    `the and for are but not you your yours all any can cannot cant had has have her was were one our out how its who why what when
where which with without will would could should does doesn did didn don dont this that these those there their them they then than from
into onto over under about after before again just only also very more most some such too isn aren wasn won been being get gets got
please help hello hi thanks thank need want still keep keeps says said since now today
les des une aux avec sans pour par sur sous dans mon mes ton tes son ses notre nos votre vos leur leurs que qui quoi dont est sont suis
etre ete avoir ont avez avons cette ces cet pas plus moins tout tous toute toutes mais donc car comme quand comment pourquoi bonjour
merci svp stp aide fait faire depuis encore aussi tres peux peut peuvent veux voudrais dois faut quel quelle quels quelles elle elles ils
nous vous lui arrive jai cest marche fonctionne`,
  ).split(/\s+/u),
);
