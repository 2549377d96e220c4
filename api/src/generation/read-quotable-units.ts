import { splitSentences } from "@support-it-agent/shared/text/split-sentences";
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
 * Takes a passage apart. A step holds what is indented under it. Headings are no units, and neither are list items that are
 * somebody's words in quotation marks: an article's symptoms are what a reader says already, no help. Where chunks overlap, a
 * step that stands twice in a row of chunks is one.
 */
export function readQuotableUnits({ n, content, language }: GivenSource): QuotableUnit[] {
  const units: QuotableUnit[] = [];
  let heading: string | null = null;
  let list = 0;
  let steps = new Map<string, number>();
  const add = (form: QuotableUnit["form"], order: number, text: string) =>
    units.push({ n, form, order, text, list: form === "step" ? list : 0, heading });
  for (const block of joinContinuations(content.split("\n"))) {
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
    else if (!item && !/^(?:#|\||```|---)/u.test(block))
      for (const sentence of splitSentences(block, language)) {
        const text = sentence.trim();
        if (text.length >= shortestSentence) add("sentence", units.length, text);
      }
  }
  return units;
}

/** Shorter sentences say nothing on their own ("Note:", "Thanks!"). */
const shortestSentence = 20;

const isSaying = (text: string): boolean => /^[*_]*["«“„]/u.test(text);

/**
 * One string for each paragraph line or list entry. What follows an entry without an empty line belongs to it, and so do the items of
 * a list within it, each on a line of its own.
 */
function joinContinuations(lines: readonly string[]): string[] {
  const blocks: string[] = [];
  let isInEntry = false;
  for (const line of lines) {
    const text = line.trim().replace(/\s+/gu, " ");
    const startsEntry = /^(?:\d{1,2}[.)]|[-*•–])\s/u.test(text);
    const nested = text.startsWith(nestedMark) ? text.slice(nestedMark.length).trim() : null;
    const last = blocks.length - 1;
    if (text === "") isInEntry = false;
    else if (isInEntry && nested !== null) blocks[last] += `\n   ${/^\d/u.test(nested) ? "" : "- "}${nested}`;
    else if (isInEntry && !startsEntry && !text.startsWith("#")) blocks[last] += ` ${text}`;
    else {
      blocks.push(nested === null ? text : `- ${nested}`);
      isInEntry = startsEntry || nested !== null;
    }
  }
  return blocks;
}
