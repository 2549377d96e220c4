import { splitSentences } from "@support-it-agent/shared/text/split-sentences";
import { codeMark } from "./code-mark.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import type { Section } from "./parsed-document.ts";

export type Chunk = { readonly heading: string | null; readonly content: string };

export type ChunkSizes = {
  /** Most tokens of a chunk. MiniLM reads 256: title and heading take some, and the count is an estimate. */
  readonly maxTokens: number;
  /** What follows a cut repeats the end of what precedes it, so that a sentence keeps its neighbour. */
  readonly overlapTokens: number;
  /** A section under this many tokens joins the one before it rather than being a chunk that says little. */
  readonly minTokens: number;
};

export const chunkSizes: ChunkSizes = { maxTokens: 190, overlapTokens: 30, minTokens: 25 };

type Piece = { readonly text: string; readonly separator: string; readonly tokens: number };

/**
 * Cuts sections into chunks: never inside a sentence, where it can be helped not inside a list item or between it and its code, and never across
 * headings unless a section is very short. Order is kept and nothing is lost; where a section is cut, the next chunk begins
 * with the last sentence or two of the one before.
 */
export function chunkDocument(
  sections: readonly Section[],
  language: string,
  sizes: ChunkSizes = chunkSizes,
): Chunk[] {
  const cutter = createCutter(language, sizes);
  return joinShort(sections, language, sizes).flatMap(({ heading, text }) =>
    pack(cutter(text), sizes).map((content) => ({ heading, content })),
  );
}

function joinShort(sections: readonly Section[], language: string, { maxTokens, minTokens }: ChunkSizes) {
  const joined: (Section & { readonly tokens: number })[] = [];
  for (const section of sections) {
    const tokens = estimateTokens(section.text, language);
    const before = joined.at(-1);
    if (before === undefined || before.tokens + tokens > maxTokens) {
      joined.push({ ...section, tokens });
    } else if (before.heading === null && before.tokens < minTokens) {
      const text = `${before.text}\n\n${section.text}`;
      joined[joined.length - 1] = { heading: section.heading, text, tokens: before.tokens + tokens };
    } else if (tokens < minTokens) {
      const colon = section.text.startsWith(codeMark) ? ":\n" : ": ";
      const lead = section.heading ? lastHeading(section.heading) + colon : "";
      const text = `${before.text}\n\n${lead}${section.text}`;
      joined[joined.length - 1] = { ...before, text, tokens: before.tokens + tokens };
    } else {
      joined.push({ ...section, tokens });
    }
  }
  return joined;
}

const lastHeading = (path: string) => path.split(" > ").at(-1) ?? path;

/** Cuts a section into the largest pieces that fit a chunk: blocks, else lines with their code, else lines, else sentences, else runs of words. */
function createCutter(language: string, { maxTokens }: ChunkSizes): (text: string) => Piece[] {
  const measure = (text: string) => estimateTokens(text, language);
  const piece = (text: string, separator: string): Piece => ({ text, separator, tokens: measure(text) });
  const fits = (text: string) => measure(text) <= maxTokens;

  const cutBlock = (block: string): Piece[] =>
    fits(block)
      ? [piece(block, "\n\n")]
      : block.split(beforeTextLine).flatMap((lines, index) => cutLines(lines, index === 0 ? "\n\n" : "\n"));

  const cutLines = (lines: string, separator: string): Piece[] =>
    fits(lines)
      ? [piece(lines, separator)]
      : lines.split("\n").flatMap((line, index) => cutLine(line, index === 0 ? separator : "\n"));

  const cutLine = (line: string, separator: string): Piece[] =>
    fits(line)
      ? [piece(line, separator)]
      : splitSentences(line, language).flatMap((sentence, index) =>
          cutSentence(sentence, index === 0 ? separator : " "),
        );

  const cutSentence = (sentence: string, separator: string): Piece[] => {
    if (fits(sentence)) return [piece(sentence, separator)];
    const runs: string[] = [];
    let run = "";
    let runTokens = 0;
    for (const word of sentence.split(/\s+/).flatMap(cutLongWord)) {
      const tokens = measure(word);
      if (run !== "" && runTokens + tokens > maxTokens) {
        runs.push(run);
        run = "";
        runTokens = 0;
      }
      run = run === "" ? word : `${run} ${word}`;
      runTokens += tokens;
    }
    return [...runs, run].map((text, index) => piece(text, index === 0 ? separator : " "));
  };

  return (text) => text.split(/\n{2,}/).flatMap(cutBlock);
}

/** A line's end that no line of code follows. */
const beforeTextLine = new RegExp(`\\n(?!${codeMark})`, "u");

/** Something without blanks that is longer than a chunk (a key, a blob) is cut by length. */
const cutLongWord = (word: string) => word.match(/[\s\S]{1,120}/gu) ?? [];

/** Fills chunks with pieces in order; a new chunk begins with the last pieces of the one before, up to the overlap. */
function pack(pieces: readonly Piece[], sizes: ChunkSizes): string[] {
  const chunks: Piece[][] = [];
  let open: Piece[] = [];
  let carried = 0;
  for (const next of pieces) {
    if (open.length > carried && sumTokens(open) + next.tokens > sizes.maxTokens) {
      chunks.push(open);
      open = overlapOf(open, next.tokens, sizes);
      carried = open.length;
    }
    open.push(next);
  }
  if (open.length > carried) chunks.push(open);
  return chunks.map((chunk) =>
    chunk.map(({ text, separator }, index) => (index === 0 ? text : separator + text)).join(""),
  );
}

function overlapOf(chunk: readonly Piece[], nextTokens: number, sizes: ChunkSizes): Piece[] {
  const overlap: Piece[] = [];
  for (const last of chunk.toReversed()) {
    const total = sumTokens(overlap) + last.tokens;
    if (total > sizes.overlapTokens || total + nextTokens > sizes.maxTokens) break;
    overlap.unshift(last);
  }
  return overlap;
}

const sumTokens = (pieces: readonly Piece[]) => pieces.reduce((sum, { tokens }) => sum + tokens, 0);
