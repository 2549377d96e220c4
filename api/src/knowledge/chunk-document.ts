import { splitSentences } from "@support-it-agent/shared/text/split-sentences";
import { estimateTokens } from "./estimate-tokens.ts";
import type { Section } from "./parsed-document.ts";

export type Chunk = { readonly heading: string | null; readonly content: string };

/** MiniLM reads 256 tokens: title and heading take some, and the estimate is no count. */
const maxChunkTokens = 190;

/** What follows a cut repeats the end of what precedes it, so that a sentence keeps its neighbour. */
const overlapTokens = 30;

/** A shorter section joins the one before it rather than being a chunk that says little. */
const minChunkTokens = 25;

type Piece = { readonly text: string; readonly separator: string; readonly tokens: number };

/**
 * Cuts sections into chunks of about 190 tokens: never inside a sentence, where it can be helped not inside a list item,
 * and never across headings unless a section is very short. Order is kept and nothing is lost; a section in several
 * chunks overlaps by a sentence or two.
 */
export function chunkDocument(sections: readonly Section[], language: string): Chunk[] {
  return joinShort(sections).flatMap(({ heading, text }) =>
    pack(cut(text, language)).map((content) => ({ heading, content })),
  );
}

function joinShort(sections: readonly Section[]): Section[] {
  const joined: Section[] = [];
  for (const section of sections) {
    const before = joined.at(-1);
    const isShort = estimateTokens(section.text) < minChunkTokens;
    const fits =
      before !== undefined && estimateTokens(before.text) + estimateTokens(section.text) < maxChunkTokens / 2;
    if (before && isShort && fits) {
      const lead = section.heading ? `${lastHeading(section.heading)}: ` : "";
      joined[joined.length - 1] = { ...before, text: `${before.text}\n\n${lead}${section.text}` };
    } else {
      joined.push(section);
    }
  }
  return joined;
}

const lastHeading = (path: string) => path.split(" > ").at(-1) ?? path;

/** The largest pieces that fit a chunk: blocks, else lines, else sentences, else runs of words. */
function cut(text: string, language: string): Piece[] {
  return text.split(/\n{2,}/).flatMap((block) => {
    if (fitsChunk(block)) return [piece(block, "\n\n")];
    return block.split("\n").flatMap((line, index) => {
      const separator = index === 0 ? "\n\n" : "\n";
      if (fitsChunk(line)) return [piece(line, separator)];
      return splitSentences(line, language)
        .map((sentence) => sentence.trim())
        .filter(Boolean)
        .flatMap((sentence, at) => cutWords(sentence, at === 0 ? separator : " "));
    });
  });
}

function cutWords(sentence: string, separator: string): Piece[] {
  if (fitsChunk(sentence)) return [piece(sentence, separator)];
  const pieces: Piece[] = [];
  let run = "";
  for (const word of sentence.split(/\s+/).flatMap(cutLongWord)) {
    if (run !== "" && !fitsChunk(`${run} ${word}`)) {
      pieces.push(piece(run, pieces.length === 0 ? separator : " "));
      run = word;
    } else {
      run = run === "" ? word : `${run} ${word}`;
    }
  }
  return [...pieces, piece(run, pieces.length === 0 ? separator : " ")];
}

/** Something without blanks that is longer than a chunk (a key, a blob) is cut by length. */
const cutLongWord = (word: string) => word.match(/[\s\S]{1,400}/gu) ?? [];

const fitsChunk = (text: string) => estimateTokens(text) <= maxChunkTokens;

const piece = (text: string, separator: string): Piece => ({ text, separator, tokens: estimateTokens(text) });

/** Fills chunks with pieces in order; a new chunk begins with the last pieces of the one before, up to the overlap. */
function pack(pieces: readonly Piece[]): string[] {
  const chunks: Piece[][] = [];
  let open: Piece[] = [];
  let carried = 0;
  for (const next of pieces) {
    if (open.length > carried && sumTokens(open) + next.tokens > maxChunkTokens) {
      chunks.push(open);
      open = overlapOf(open, next.tokens);
      carried = open.length;
    }
    open.push(next);
  }
  if (open.length > carried) chunks.push(open);
  return chunks.map((chunk) =>
    chunk.map(({ text, separator }, index) => (index === 0 ? text : separator + text)).join(""),
  );
}

function overlapOf(chunk: readonly Piece[], nextTokens: number): Piece[] {
  const overlap: Piece[] = [];
  for (const last of chunk.toReversed()) {
    const total = sumTokens(overlap) + last.tokens;
    if (total > overlapTokens || total + nextTokens > maxChunkTokens) break;
    overlap.unshift(last);
  }
  return overlap;
}

const sumTokens = (pieces: readonly Piece[]) => pieces.reduce((sum, { tokens }) => sum + tokens, 0);
