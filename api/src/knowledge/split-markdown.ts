import { documentLimits } from "./document-limits.ts";

/** A part of a document that is parsed by itself; code, HTML and plain text that are too long for the Markdown parser come as they are. */
export type MarkdownPiece = { readonly kind: "markdown" | "code" | "html" | "plain"; readonly text: string };

/** Lines without an empty one between them, or a fence with all its lines. */
type Run = { readonly lines: string[]; readonly isFence: boolean };

/**
 * Markdown in pieces without a block that is longer than `markdownParagraphLength`, for which the parser would take the square of its
 * length. A longer one is cut at line ends, a table with its head on each piece, a list between its entries; a fence and an HTML block
 * stay whole, and a longer line is plain text. Linear in the length.
 */
export function splitMarkdown(markdown: string): MarkdownPiece[] {
  const pieces: { kind: MarkdownPiece["kind"]; text: string; isCut: boolean }[] = [];
  for (const block of blocksOf(markdown.split(/\r\n?|\n/))) {
    const text = block.flatMap(({ lines }) => lines).join("\n");
    const last = pieces.at(-1);
    if (text.length > limit)
      pieces.push(...block.flatMap(cutRun).map((piece) => ({ ...piece, isCut: true })));
    else if (last && !last.isCut) last.text += `\n\n${text}`;
    else pieces.push({ kind: "markdown", text, isCut: false });
  }
  return pieces.map(({ kind, text }) => ({ kind, text }));
}

const limit = documentLimits.markdownParagraphLength;

/** What stands between empty lines; those inside a fence are part of it. */
function blocksOf(lines: readonly string[]): Run[][] {
  const endOfFence = createFenceFinder(lines);
  const blocks: Run[][] = [];
  let block: Run[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const end = endOfFence(index);
    const last = block.at(-1);
    if (end !== null) {
      block.push({ lines: lines.slice(index, end + 1), isFence: true });
      index = end;
    } else if (line.trim() === "") {
      if (block.length > 0) blocks.push(block);
      block = [];
    } else if (last && !last.isFence) last.lines.push(line);
    else block.push({ lines: [line], isFence: false });
  }
  return block.length > 0 ? [...blocks, block] : blocks;
}

type Fence = { readonly index: number; readonly mark: string; readonly indent: number };

/** Tells where the fence ends that begins at a line; null where none begins, or it is never closed. Asked for ascending lines. */
function createFenceFinder(lines: readonly string[]): (index: number) => number | null {
  const closers = lines.flatMap((line, index) => fenceAt(line, /^([ \t>]*)(`{3,}|~{3,})[ \t]*$/, index));
  const unclosed: Fence[] = [];
  let next = 0;
  return (index) => {
    const [opener] = fenceAt(
      lines[index] ?? "",
      /^([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(`{3,}(?=[^`]*$)|~{3,})/,
      index,
    );
    if (!opener || unclosed.some((fence) => isInVain(opener, fence))) return null;
    while ((closers[next]?.index ?? lines.length) <= index) next += 1;
    for (let place = next; place < closers.length; place += 1) {
      const closer = closers[place];
      if (closer && closes(closer, opener)) return closer.index;
    }
    unclosed.push(opener);
    return null;
  };
}

function fenceAt(line: string, pattern: RegExp, index: number): Fence[] {
  const match = pattern.exec(line);
  return match ? [{ index, indent: match[1]?.length ?? 0, mark: match[2] ?? "" }] : [];
}

const closes = (closer: Fence, opener: Fence) =>
  closer.mark.startsWith(opener.mark) && closer.indent <= opener.indent + 3;

/** What did not close the one before does not close this one. */
const isInVain = (opener: Fence, unclosed: Fence) =>
  opener.mark.startsWith(unclosed.mark) && opener.indent <= unclosed.indent;

function cutRun({ lines, isFence }: Run): MarkdownPiece[] {
  const text = lines.join("\n");
  if (text.length <= limit) return [{ kind: "markdown", text: withoutIndent(lines) }];
  if (isFence) return [{ kind: "code", text: withoutIndent(lines.slice(1, -1)) }];
  if (htmlBlock.test(text)) return [{ kind: "html", text }];
  return cutLines(lines);
}

const htmlBlock = /^ {0,3}<(?:table|details|div|section|article|ul|ol|dl|p|pre|blockquote|center)[\s>]/i;

function cutLines(lines: readonly string[]): MarkdownPiece[] {
  const pieces: MarkdownPiece[] = [];
  let open: string[] = [];
  let length = 0;
  let head: string[] = [];
  const close = (from: number) => {
    if (from > 0) pieces.push({ kind: "markdown", text: withoutIndent(open.slice(0, from)) });
    open = open.slice(from);
    length = lengthOf(open);
  };
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1] ?? "";
    if (line.length > limit) {
      close(open.length);
      pieces.push({ kind: "plain", text: line });
      continue;
    }
    if (length + line.length + 1 > limit) {
      close(placeToCut(open));
      if (length + line.length + 1 > limit) close(open.length);
      if (open.length === 0 && line.includes("|")) open = [...head];
      length = lengthOf(open);
    }
    if (before.includes("|") && isTableRule(line)) {
      const rule = [before, line];
      head = lengthOf(rule) <= limit / 4 ? rule : [];
    }
    open.push(line);
    length += line.length + 1;
  }
  close(open.length);
  return pieces;
}

/** Before the last entry of a list that begins in the later half, else behind the last line. */
function placeToCut(lines: readonly string[]): number {
  const entry = lines.findLastIndex((line) => /^(?:[-*+]|\d{1,9}[.)])[ \t]/.test(line));
  return entry > lines.length / 2 ? entry : lines.length;
}

/** The line under the head of a table. */
const isTableRule = (line: string) => /^[ \t|:-]+$/.test(line) && line.includes("-");

const lengthOf = (lines: readonly string[]) => lines.reduce((sum, line) => sum + line.length + 1, 0);

/** What was cut out of a list has the list's indentation, and would be read as code. */
function withoutIndent(lines: readonly string[]): string {
  const indent = /^[ \t]*/.exec(lines[0] ?? "")?.[0] ?? "";
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join("\n");
}
