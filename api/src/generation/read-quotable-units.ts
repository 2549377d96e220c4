import { splitSentences } from "@support-it-agent/shared/text/split-sentences";
import { codeMark } from "../knowledge/code-mark.ts";
import { nestedMark } from "../knowledge/nested-mark.ts";
import type { GivenSource } from "./generation.ts";

/** A step, a list item or a sentence of a passage: what an extract is made of. Its text is the passage's own. */
export type QuotableUnit = {
  readonly n: number;
  readonly form: "step" | "item" | "sentence";
  /** The step's own number; for other forms the place among all units of its passage. */
  readonly order: number;
  readonly text: string;
  /** Which numbered list of its passage a step stands in, from 0; 0 for other forms. */
  readonly list: number;
  /** What stands above it in the passage. */
  readonly heading: string | null;
};

/**
 * Takes a passage apart. A step holds what is indented under it, and a sentence the code that follows it, each line of code on a line of
 * its own. Headings are no units, and neither are list items that are somebody's words in quotation marks: an article's symptoms are
 * what a reader says already, no help. Where chunks overlap, a step or a line of code that stands twice in a row of chunks is one.
 */
export function readQuotableUnits({ n, content, language }: GivenSource): QuotableUnit[] {
  const units: QuotableUnit[] = [];
  let heading: string | null = null;
  let list = 0;
  let steps = new Map<string, number>();
  const add = (form: QuotableUnit["form"], order: number, text: string) =>
    units.push({ n, form, order, text, list: form === "step" ? list : 0, heading });
  for (const { text: block, code } of joinContinuations(content.split("\n"))) {
    const step = /^(\d{1,2})[.)]\s+([\s\S]+)$/u.exec(block);
    const item = /^[-*•–]\s+([\s\S]+)$/u.exec(block);
    const title = /^#{1,6}\s+(.+)$/u.exec(block);
    if (title) {
      heading = title[1] ?? null;
      if (steps.size > 0) list += 1;
      steps = new Map();
    } else if (step) {
      const [order, text] = [Number(step[1]), step[2] ?? ""];
      if (steps.get(text) === order) continue;
      if (order < Math.max(0, ...steps.values())) {
        list += 1;
        steps = new Map();
      }
      steps.set(text, order);
      add("step", order, text);
    } else if (item && !isSaying(item[1] ?? "")) add("item", units.length, item[1] ?? "");
    else if (!item && !/^(?:#|\||```|---)/u.test(block)) {
      const sentences = splitSentences(block, language);
      for (const sentence of code === "" ? sentences : sentences.slice(0, -1))
        if (sentence.length >= shortestSentence) add("sentence", units.length, sentence);
      if (code !== "") add("sentence", units.length, ((sentences.at(-1) ?? "") + code).trim());
    }
  }
  return units;
}

/** Shorter sentences say nothing on their own ("Note:", "Thanks!"). */
const shortestSentence = 20;

const isSaying = (text: string): boolean => /^[*_]*["«“„]/u.test(text);

/** A paragraph line or list entry, and the code behind a paragraph; an entry has its code in its text. */
type Block = { text: string; code: string; readonly isEntry: boolean };

/**
 * What follows an entry without an empty line belongs to it: code, rows of a table and the items of a list within it each on a line of its
 * own. Code belongs to what stands before it, with an empty line between or not.
 */
function joinContinuations(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let isInEntry = false;
  let endsInLine = false;
  let isAfterGap = false;
  for (const line of lines) {
    const text = line.trim().replace(/\s+/gu, " ");
    const startsEntry = /^(?:\d{1,2}[.)]|[-*•–])\s/u.test(text);
    const nested = text.startsWith(nestedMark) ? text.slice(nestedMark.length).trim() : null;
    const last = blocks.at(-1);
    if (text === "") {
      isInEntry = false;
      isAfterGap = true;
      continue;
    }
    if (text.startsWith(codeMark)) {
      const code = `\n   ${text.slice(codeMark.length).trim()}`;
      if (isAfterGap && `${last?.text}${last?.code}\n`.includes(`${code}\n`)) continue;
      if (last === undefined || /^#{1,6}\s/u.test(last.text)) blocks.push({ text: "", code, isEntry: false });
      else if (last.isEntry) last.text += code;
      else last.code += code;
      isInEntry = last?.isEntry ?? false;
      endsInLine = true;
    } else if (last && isInEntry && nested !== null) {
      last.text += `\n   ${/^\d/u.test(nested) ? "" : "- "}${nested}`;
    } else if (last && isInEntry && !startsEntry && !text.startsWith("#")) {
      endsInLine ||= / \| /u.test(text);
      last.text += endsInLine ? `\n   ${text}` : ` ${text}`;
    } else {
      isInEntry = startsEntry || nested !== null;
      endsInLine = false;
      blocks.push({ text: nested === null ? text : `- ${nested}`, code: "", isEntry: isInEntry });
    }
    isAfterGap = false;
  }
  return blocks;
}
