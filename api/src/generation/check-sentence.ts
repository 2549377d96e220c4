import { citationPattern, readCitation } from "./citation-pattern.ts";
import { createFenceTracker } from "./create-fence-tracker.ts";
import type { GivenSource } from "./generation.ts";

export type CheckedSentence = { readonly text: string; readonly cited: readonly number[] };

/**
 * Makes a function that checks the sentences of one answer, in order: every citation becomes [n] for the numbers that were
 * given and goes where none was; every link and address that stands in no source goes, and its sentence stays. Code
 * keeps its brackets ("arr[0]"), in a fence over several lines too, where only what stands at a line's end like a citation is one. A file name or a host without a path ("outlook.com") is not
 * looked at: it cannot be told from a product's name.
 */
export function createSentenceChecker(
  sources: readonly GivenSource[],
): (sentence: string) => CheckedSentence {
  const given = new Set(sources.map((source) => source.n));
  const known = new Set(sources.flatMap((source) => findUrls(`${source.title}\n${source.content}`)));
  const placeOf = createFenceTracker();

  return (sentence) => {
    const cited: number[] = [];
    const cite = (citation: string): string => {
      const numbers = [...new Set(readCitation(citation).filter((n) => given.has(n)))];
      cited.push(...numbers);
      return numbers.map((n) => `[${n}]`).join("");
    };
    const check = (piece: string): string => {
      const place = placeOf(piece);
      if (place === "inside") return rewriteCode(piece, known, cite);
      const text = rewrite(piece, known, cite);
      return place === "closes" ? text.replace(/^([ \t>]*)([`~]+)[ \t]*(?=[[(])/u, "$1$2\n$1") : text;
    };
    // A fence may hide behind a citation that goes on in the next line: "[1,".
    const lines = /\n[ \t>]*(?:```|~~~)/u.test(sentence) ? sentence.split(/(?<=\n)/u) : [sentence];
    return { text: lines.map(check).join(""), cited };
  };
}

const gap = "[ \\t\\u00a0\\u202f]{0,4}";
const url = `(?:(?:https?|ftp):\\/\\/|www\\.|\\b(?:[a-z0-9-]{1,63}\\.){1,5}[a-z]{2,24}(?=\\/))[^\\s<>"\`«»“”|\\[\\]【】]+`;
const citations = `${citationPattern}(?:[ \\t]{0,4}${citationPattern})*`;
const pieces = new RegExp(
  [
    "(?<code>(?<!`)(?<ticks>`{1,20})(?!`)[^\\n]*?(?<!`)\\k<ticks>(?!`))",
    `(?<linkGap>${gap})(?<link>!?\\[(?<label>\\[?[^\\[\\]\\n]*\\]?)\\]\\((?<target>[^\\s()]*(?:\\([^\\s()]*\\)[^\\s()]*)*)(?:\\s+"[^"\\n]*")?\\))`,
    `(?<citationGap>${gap})(?<citation>${citations})`,
    `(?<url>${url})`,
  ].join("|"),
  "giu",
);
const urls = new RegExp(url, "giu");

function rewrite(sentence: string, known: ReadonlySet<string>, cite: (citation: string) => string): string {
  return sentence.replace(pieces, (match, ...rest) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    const offset = rest.at(-3) as number;
    if (groups.code !== undefined) return dropUnknownUrls(match, known);
    if (groups.url !== undefined) return checkUrl(match, known);
    if (groups.link !== undefined) return checkLink(groups, known, cite);
    if (isArrayIndex(sentence.slice(0, offset), match)) return match;
    const kept = cite(groups.citation ?? "");
    return kept === "" ? "" : `${groups.citationGap ?? ""}${kept}`;
  });
}

const citationAtEnd = new RegExp(
  `(?<citationGap>${gap})(?<citation>${citations})(?=[.,;:!?…"'”’)*_»]*\\s*$)`,
  "iu",
);

/** Code, or prose behind a fence that nobody closed: what ends it like a citation is one, but for "rows[9]" and "rows = [9]". */
function rewriteCode(line: string, known: ReadonlySet<string>, cite: (citation: string) => string): string {
  const text = line.replace(citationAtEnd, (match, ...rest) => {
    const { citationGap = "", citation = "" } = rest.at(-1) as Record<string, string | undefined>;
    const before = line.slice(0, rest.at(-3) as number);
    const isIndex = citationGap === "" && /[\p{L}\p{N}_$)\]]$/u.test(before);
    if (isIndex || /=\s*$/u.test(before)) return match;
    const kept = cite(citation);
    return kept === "" ? "" : citationGap + kept;
  });
  return dropUnknownUrls(text, known);
}

/**
 * "arr[0]", "$args[1]" and "row_ids[2]" outside of code: a bracket right behind a name, where the number or the name is none
 * of prose. "PC[1]" is a citation without its blank.
 */
function isArrayIndex(before: string, brackets: string): boolean {
  const name = /[$\p{L}_][\p{L}\p{N}_.]*$/u.exec(before)?.[0];
  if (name === undefined || !/^(?:\[\d+\])+$/u.test(brackets)) return false;
  return brackets.startsWith("[0]") || /^\$|\p{L}_\p{L}/u.test(name);
}

/** A link keeps its target where a source has it, and else its label alone. "[1](...)" is a citation. */
function checkLink(
  { linkGap = "", link = "", label = "", target = "" }: Record<string, string | undefined>,
  known: ReadonlySet<string>,
  cite: (citation: string) => string,
): string {
  if (citationAlone.test(`[${label}]`)) {
    const kept = cite(`[${label}]`);
    return kept === "" ? "" : `${linkGap}${kept}`;
  }
  return linkGap + (known.has(urlKey(target)) ? link : dropUnknownUrls(label, known));
}

const citationAlone = new RegExp(`^${citationPattern}$`, "iu");

function dropUnknownUrls(text: string, known: ReadonlySet<string>): string {
  return text.replace(urls, (match) => checkUrl(match, known));
}

/** What stands where an invented address stood: the reader sees that something is missing. */
const droppedUrl = "…";

function checkUrl(match: string, known: ReadonlySet<string>): string {
  const address = trimUrl(match);
  return known.has(urlKey(address)) ? match : droppedUrl + match.slice(address.length);
}

function findUrls(text: string): string[] {
  return [...text.matchAll(urls)].flatMap(([match]) => {
    const key = urlKey(trimUrl(match));
    return [key, key.replace(/^https?:\/\//u, "")];
  });
}

/** Without the punctuation of the sentence around it; a closing bracket goes where the address opened none. */
function trimUrl(match: string): string {
  let address = match.replace(/[.,;:!?…'’*_]+$/u, "");
  while (address.endsWith(")") && !address.includes("("))
    address = address.slice(0, -1).replace(/[.,;:!?…'’*_]+$/u, "");
  return address;
}

/** An address as it is compared: scheme and host in lower case, no slash at the end. */
function urlKey(address: string): string {
  const [, head = "", tail = ""] = /^((?:[a-z]+:\/\/)?[^/?#]*)(.*)$/iu.exec(address.trim()) ?? [];
  return head.toLowerCase() + tail.replace(/\/$/u, "");
}
