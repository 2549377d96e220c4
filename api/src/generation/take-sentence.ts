import { citationPattern } from "./citation-pattern.ts";

/**
 * Cuts the first whole sentence, or line, off the front of a text that is still arriving. Null while what has arrived does
 * not decide where it ends. The cut depends on the text alone and never on how it was split on its way here: wherever more
 * text could change the decision, the decision waits (except at the end, where `isEnd` says that no more comes).
 *
 * A citation that stands behind the full stop belongs to the sentence before it: "Restart the PC. [1] Then sign in."
 */
export function takeSentence(text: string, isEnd: boolean): string | null {
  let openBrackets = 0;
  let codeMarks = "";
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "\n" && !isInsideCitation(text, index)) return text.slice(0, index + 1);
    if (character === "`") {
      const marks = text.slice(index, skip(/`+/uy, text, index));
      index += marks.length - 1;
      if (codeMarks === "") codeMarks = marks;
      else if (codeMarks === marks) codeMarks = "";
    }
    if (codeMarks !== "") continue;
    if ("[【［".includes(character)) openBrackets += 1;
    if ("]】］".includes(character)) openBrackets = Math.max(0, openBrackets - 1);
    if (openBrackets > 0 || !".!?…".includes(character)) continue;
    const end = findEnd(text, index, isEnd);
    if (end === "undecided") return null;
    if (end !== "goes on") return text.slice(0, end);
  }
  return isEnd && text !== "" ? text : null;
}

/** True where a line ends inside "[1,": the citation goes on in the next line. */
function isInsideCitation(text: string, index: number): boolean {
  return /[[【［][\s\d,;^&–-]*$/u.test(text.slice(Math.max(0, index - maxBracketLength), index));
}

/** Where the sentence ends that may end with the mark at `markIndex`, closing quotes and citations included. */
function findEnd(text: string, markIndex: number, isEnd: boolean): number | "undecided" | "goes on" {
  if (text.charAt(markIndex) === "." && isAbbreviation(text, markIndex)) return "goes on";
  let end = skip(/(?:[.!?…"'”’)*_]|[ \u00a0\u202f]?»)*/uy, text, markIndex + 1);
  while (true) {
    const next = skip(/[^\S\n]*/uy, text, end);
    if (next === text.length) return isEnd ? text.length : "undecided";
    const bracketEnd = findBracketEnd(text, next, isEnd);
    if (bracketEnd === "undecided") return "undecided";
    if (bracketEnd === null) {
      const following = text.slice(next, next + 2);
      const startsSentence = next > end && !/^[\n\p{Ll}]/u.test(following);
      return startsSentence ? end : "goes on";
    }
    end = bracketEnd;
  }
}

/** Longest bracket that is looked at as a citation. */
const maxBracketLength = 80;

const citationAtStart = new RegExp(`^${citationPattern}`, "iu");

/** The end of the citation that starts at `start`; null where none does. */
function findBracketEnd(text: string, start: number, isEnd: boolean): number | "undecided" | null {
  if (!/[[【［(]/u.test(text.charAt(start))) return null;
  const window = text.slice(start, start + maxBracketLength);
  const isWhole = isEnd || window.length === maxBracketLength;
  const closing = window.search(/[\]】］)]/u);
  const behind = window.slice(closing + 1, closing + 3);
  if (!isWhole && (closing === -1 || behind === "" || /^[\]】］)]$/u.test(behind))) return "undecided";
  const citation = citationAtStart.exec(window);
  return citation ? start + citation[0].length : null;
}

function skip(sticky: RegExp, text: string, from: number): number {
  sticky.lastIndex = from;
  return from + (sticky.exec(text)?.[0].length ?? 0);
}

/** True for "1.", "e.g.", "M.": a full stop after which the sentence goes on. */
function isAbbreviation(text: string, stopIndex: number): boolean {
  const before = text.slice(Math.max(0, stopIndex - longestAbbreviation), stopIndex);
  const isAtStart = stopIndex < longestAbbreviation;
  if (isAtStart && /^\s*(?:[-*>]\s+)?[(*_]*(?:\d{1,3}|\p{L})$/u.test(before)) return true;
  const word = /[\p{L}\p{N}.°]+$/u.exec(before)?.[0].toLowerCase() ?? "";
  return abbreviations.has(word) || /(?:^|\P{L})\p{Lu}$/u.test(before);
}

/** How far back is looked, list marker included: a limit, so that a long line costs no more than a short one. */
const longestAbbreviation = 24;

const abbreviations = new Set(
  "e.g i.e eg ie ex p p.ex cf vs approx env no nr n° fig mr mrs ms dr m mme mlle st ca z.b bzw d.h ej p.ej es".split(
    " ",
  ),
);
