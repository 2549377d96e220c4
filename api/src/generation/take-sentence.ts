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
  let isCode = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "\n" && !/[[【［][\s\d,;^&–-]*$/u.test(text.slice(0, index)))
      return text.slice(0, index + 1);
    if (character === "`") isCode = !isCode;
    if (isCode) continue;
    if ("[【［".includes(character)) openBrackets += 1;
    if ("]】］".includes(character)) openBrackets = Math.max(0, openBrackets - 1);
    if (openBrackets > 0 || !".!?…".includes(character)) continue;
    const end = findEnd(text, index, isEnd);
    if (end === "undecided") return null;
    if (end !== "goes on") return text.slice(0, end);
  }
  return isEnd && text !== "" ? text : null;
}

/** Where the sentence ends that may end with the mark at `markIndex`, closing quotes and citations included. */
function findEnd(text: string, markIndex: number, isEnd: boolean): number | "undecided" | "goes on" {
  if (text.charAt(markIndex) === "." && isAbbreviation(text.slice(0, markIndex))) return "goes on";
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
  if (!isWhole && (closing === -1 || closing > window.length - 3)) return "undecided";
  const citation = citationAtStart.exec(window);
  return citation ? start + citation[0].length : null;
}

function skip(sticky: RegExp, text: string, from: number): number {
  sticky.lastIndex = from;
  return from + (sticky.exec(text)?.[0].length ?? 0);
}

/** True for "1.", "e.g.", "M.": a full stop after which the sentence goes on. */
function isAbbreviation(before: string): boolean {
  if (/^\s*(?:[-*>]\s+)?[(*_]*(?:\d{1,3}|\p{L})$/u.test(before)) return true;
  const word = /[\p{L}\p{N}.°]+$/u.exec(before)?.[0].toLowerCase() ?? "";
  return abbreviations.has(word) || /(?:^|\P{L})\p{Lu}$/u.test(before);
}

const abbreviations = new Set(
  "e.g i.e eg ie ex p p.ex cf vs approx env no nr n° fig mr mrs ms dr m mme mlle st ca z.b bzw d.h ej p.ej es".split(
    " ",
  ),
);
