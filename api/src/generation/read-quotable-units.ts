import { splitSentences } from "@support-it-agent/shared/text/split-sentences";
import type { GivenSource } from "./generation.ts";

/** A step, a list item or a sentence of a passage: what an extract is made of. Its text is the passage's own. */
export type QuotableUnit = {
  readonly n: number;
  readonly form: "step" | "item" | "sentence";
  /** The step's own number; for other forms the place among all units of its passage. */
  readonly order: number;
  readonly text: string;
};

/**
 * Takes a passage apart. Headings are left out, and so are list items that are somebody's words in quotation marks:
 * an article's symptoms are what a reader says already, no help.
 */
export function readQuotableUnits({ n, content, language }: GivenSource): QuotableUnit[] {
  const units: QuotableUnit[] = [];
  for (const block of joinContinuations(content.split("\n"))) {
    const order = units.length;
    const step = /^(\d{1,2})[.)]\s+(.+)$/u.exec(block);
    const item = /^[-*•–]\s+(.+)$/u.exec(block);
    if (step) units.push({ n, form: "step", order: Number(step[1]), text: step[2] ?? "" });
    else if (item && !isSaying(item[1] ?? "")) units.push({ n, form: "item", order, text: item[1] ?? "" });
    else if (!item && !/^(?:#|\||```|---)/u.test(block))
      for (const sentence of splitSentences(block, language)) {
        const text = sentence.trim();
        if (text.length >= shortestSentence) units.push({ n, form: "sentence", order: units.length, text });
      }
  }
  return units;
}

/** Shorter sentences say nothing on their own ("Note:", "Thanks!"). */
const shortestSentence = 20;

const isSaying = (text: string): boolean => /^[*_]*["«“„]/u.test(text);

/** One string for each paragraph line or list entry: a line that is indented under an entry belongs to it. */
function joinContinuations(lines: readonly string[]): string[] {
  const blocks: string[] = [];
  let isInEntry = false;
  for (const line of lines) {
    const text = line.trim().replace(/\s+/gu, " ");
    const startsEntry = /^(?:\d{1,2}[.)]|[-*•–])\s/u.test(text);
    const last = blocks.length - 1;
    if (text === "") isInEntry = false;
    else if (isInEntry && !startsEntry && /^\s/u.test(line)) blocks[last] = `${blocks[last]} ${text}`;
    else {
      blocks.push(text);
      isInEntry = startsEntry;
    }
  }
  return blocks;
}
