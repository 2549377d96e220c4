import { foldText } from "@support-it-agent/shared/text/fold-text";
import { errorCodes } from "./generation/question-terms.ts";

/**
 * True where a line of the passage explains one of the codes: it has it near its beginning ("- AADSTS50053: locked after too many
 * attempts") and names few others, since a line of many codes lists them.
 */
export function explainsCode(content: string, codes: ReadonlySet<string>): boolean {
  if (codes.size === 0) return false;
  return content.split("\n").some((line) => {
    const named = errorCodes(line);
    const start = foldText(line).slice(0, beginning);
    return named.size <= mostCodes && [...codes].some((code) => named.has(code) && start.includes(code));
  });
}

const mostCodes = 3;

/** In characters: a list's mark, another code, or a symptom's first words may stand before the code. */
const beginning = 50;

/**
 * The error codes of a question that are nothing else: with letters in them (0x80070035, AADSTS50053), or behind a word for "error". The
 * number of a room or an amount is none.
 */
export function namedCodes(question: string): Set<string> {
  const announced = [...foldText(question).matchAll(announcedNumber)].flatMap(
    ({ groups }) => groups?.code ?? [],
  );
  return new Set([...errorCodes(question)].filter((code) => /[a-z]/.test(code) || announced.includes(code)));
}

const announcedNumber = /\b(?:err(?:eur|or)s?|code|http|stop|event|evenement)\s(?:n°\s?)?(?<code>\d{3,5})\b/g;
