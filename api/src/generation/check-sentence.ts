import { placeholderPattern } from "@support-it-agent/shared/text/redact-text";
import { citationPattern, readCitation } from "./citation-pattern.ts";
import { type AddressChecker, addressPattern, createAddressChecker } from "./create-address-checker.ts";
import { createFenceTracker } from "./create-fence-tracker.ts";
import type { GenerationRequest } from "./generation.ts";

export type CheckedSentence = { readonly text: string; readonly cited: readonly number[] };

/** What an answer may rest on. The asker's own addresses and values may stand in it, too. */
export type GivenTexts = Pick<GenerationRequest, "sources" | "question" | "conversation">;

/**
 * Makes a function that checks the sentences of one answer, in order: every citation becomes [n] for the numbers that were
 * given and goes where none was, unless a source's own words hold it ("Error [404]") and it does not stand where a citation does; every link and address that stands neither in a source nor
 * in the question goes, and its sentence stays. Code keeps its brackets ("arr[0]"), in a fence over several lines
 * too, where only what stands at a line's end like a citation is one. A file name or a host without a path ("outlook.com")
 * is not looked at: it cannot be told from a product's name. A placeholder loses the backslashes that Markdown puts into it, and one that nobody gave goes.
 */
export function createSentenceChecker({
  sources,
  question,
  conversation,
}: GivenTexts): (sentence: string) => CheckedSentence {
  const given = new Set(sources.map((source) => source.n));
  const texts = sources.map((source) => `${source.title}\n${source.content}`);
  const ownWords = new Set(texts.flatMap((text) => text.match(/\[\d{1,3}\]/gu) ?? []));
  const asked = conversation.filter((turn) => turn.role === "user").map((turn) => turn.content);
  const addresses = createAddressChecker([...texts, question, ...asked]);
  const written = [...texts, question, ...conversation.map((turn) => turn.content)].join("\n");
  const placeholders = new Set(written.match(placeholderPattern));
  const placeOf = createFenceTracker();

  return (sentence) => {
    const cited: number[] = [];
    const cite: Cite = (citations, behind) => {
      const numbers = new Set<number>();
      const isAtEnd = sentenceEnd.test(behind);
      const kept = [...citations.matchAll(eachCitation)].map(([citation]) => {
        const read = readCitation(citation).filter((n) => given.has(n));
        const isOwnWord = ownWords.has(citation.trimEnd()) && (!isAtEnd || /\d{3}/u.test(citation));
        if (read.length === 0 && isOwnWord) return citation;
        const fresh = [...new Set(read)].filter((n) => !numbers.has(n));
        for (const n of fresh) numbers.add(n);
        return fresh.map((n) => `[${n}]`).join("");
      });
      cited.push(...numbers);
      return kept.join("").trimEnd();
    };
    const check = (piece: string): string => {
      const place = placeOf(piece);
      if (place === "inside") return rewriteCode(piece, addresses, cite);
      const text = rewrite(piece, addresses, cite);
      return place === "closes" ? text.replace(/^([ \t>]*)([`~]+)[ \t]*(?=[[(])/u, "$1$2\n$1") : text;
    };
    // A fence may hide behind a citation that goes on in the next line: "[1,".
    const lines = /\n[ \t>]*(?:```|~~~)/u.test(sentence) ? sentence.split(/(?<=\n)/u) : [sentence];
    return { text: checkPlaceholders(lines.map(check).join(""), placeholders), cited };
  };
}

/** Takes citations, and what stands behind them, and gives those that stay. */
type Cite = (citations: string, behind: string) => string;

const gap = "[ \\t\\u00a0\\u202f]{0,4}";
const citations = `${citationPattern}(?:[ \\t]{0,4}${citationPattern})*`;
const pieces = new RegExp(
  [
    "(?<code>(?<!`)(?<ticks>`{1,20})(?!`)[^\\n]*?(?<!`)\\k<ticks>(?!`))",
    `(?<linkGap>${gap})(?<link>!?\\[(?<label>\\[?[^\\[\\]\\n]*\\]?)\\]\\((?<target>[^\\s()]*(?:\\([^\\s()]*\\)[^\\s()]*)*)(?:\\s+"[^"\\n]*")?\\))`,
    `(?<citationGap>${gap})(?<citation>${citations})`,
    `(?<address>${addressPattern})`,
  ].join("|"),
  "giu",
);
const closingMarks = `[.,;:!?…"'”’)*_»]*\\s*$`;
const sentenceEnd = new RegExp(`^${closingMarks}`, "u");
const eachCitation = new RegExp(`${citationPattern}[ \\t]{0,4}`, "giu");

function rewrite(sentence: string, addresses: AddressChecker, cite: Cite): string {
  return sentence.replace(pieces, (match, ...rest) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    const offset = rest.at(-3) as number;
    const behind = sentence.slice(offset + match.length);
    if (groups.code !== undefined) return addresses.checkAll(match);
    if (groups.address !== undefined) return addresses.check(match);
    if (groups.link !== undefined)
      return checkLink(groups, addresses, (citations) => cite(citations, behind));
    if (isArrayIndex(sentence.slice(0, offset), match)) return match;
    const kept = cite(groups.citation ?? "", behind);
    return kept === "" ? "" : `${groups.citationGap ?? ""}${kept}`;
  });
}

const citationAtEnd = new RegExp(`(?<citationGap>${gap})(?<citation>${citations})(?=${closingMarks})`, "iu");

/** Code, or prose behind a fence that nobody closed: what ends it like a citation is one, but for "rows[9]" and "rows = [9]". */
function rewriteCode(line: string, addresses: AddressChecker, cite: Cite): string {
  const text = line.replace(citationAtEnd, (match, ...rest) => {
    const { citationGap = "", citation = "" } = rest.at(-1) as Record<string, string | undefined>;
    const before = line.slice(0, rest.at(-3) as number);
    const isIndex = citationGap === "" && /[\p{L}\p{N}_$)\]]$/u.test(before);
    if (isIndex || /=\s*$/u.test(before)) return match;
    const kept = cite(citation, "");
    return kept === "" ? "" : citationGap + kept;
  });
  return addresses.checkAll(text);
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

/** A link keeps its target where a source has it, and else its label alone. "[1](...)" is a citation, "[EMAIL_1](...)" a placeholder. */
function checkLink(
  { linkGap = "", link = "", label = "", target = "" }: Record<string, string | undefined>,
  addresses: AddressChecker,
  cite: (citations: string) => string,
): string {
  if (citationAlone.test(`[${label}]`)) {
    const kept = cite(`[${label}]`);
    return kept === "" ? "" : `${linkGap}${kept}`;
  }
  if (isPlaceholder(`[${label}]`)) return `${linkGap}[${label}]`;
  return linkGap + (addresses.isKnown(target) ? link : addresses.checkAll(label));
}

const citationAlone = new RegExp(`^${citationPattern}$`, "iu");

function checkPlaceholders(text: string, given: ReadonlySet<string>): string {
  return text.replace(/\\?\[[A-Z]+\\?_\d{1,6}\\?\]/gu, (match) => {
    if (!isPlaceholder(match)) return match;
    const placeholder = withoutBackslashes(match);
    return given.has(placeholder) ? placeholder : "…";
  });
}

const onePlaceholder = new RegExp(`^${placeholderPattern.source}$`, "u");

const isPlaceholder = (text: string): boolean => onePlaceholder.test(withoutBackslashes(text));

const withoutBackslashes = (text: string): string => text.replaceAll("\\", "");
