/** Where a piece of an answer stands: "closes" is a closing fence, with a citation behind it or not. An opening line is outside. */
export type FencePlace = "outside" | "inside" | "closes";

type Fence = { readonly marks: string; readonly column: number; readonly isQuoted: boolean };

/**
 * Makes a function that takes the pieces of one answer in order, each a line or a part of one, and says which are code. Fences are
 * CommonMark's (section 4.5), and two more that language models write: one that opens at the end of a line of prose, and one that
 * closes with a citation behind it. A fence that nobody closes ends with its numbered step or its quotation, else with the answer.
 */
export function createFenceTracker(): (piece: string) => FencePlace {
  let fence: Fence | null = null;
  let startsLine = true;

  return (piece) => {
    const isAtStart = startsLine;
    startsLine = piece.endsWith("\n");
    if (fence !== null && isAtStart && isBeyond(piece, fence)) fence = null;
    if (fence === null) {
      fence = findOpening(piece, isAtStart);
      return "outside";
    }
    if (!isAtStart || !closes(piece, fence)) return "inside";
    fence = null;
    return "closes";
  };
}

const lineStart = /^([ \t>]*)((?:\d{1,3}[.)]|[-*+])[ \t]+)?/u;

/** The next step of a list, or a line out of the quotation: CommonMark ends a fence with the block around it. */
function isBeyond(line: string, { column, isQuoted }: Fence): boolean {
  if (isQuoted) return !/^[ \t]*>/u.test(line);
  const step = /^([ \t]*)\d{1,3}[.)][ \t]/u.exec(line);
  return step !== null && (step[1]?.length ?? 0) < column;
}

function closes(line: string, { marks }: Fence): boolean {
  const run = /^[ \t>]*(`{3,}|~{3,})[ \t]*(?:[[【［(][^\n]*)?\s*$/u.exec(line)?.[1];
  return run?.startsWith(marks) ?? false;
}

function findOpening(piece: string, isAtStart: boolean): Fence | null {
  const [start = "", quote = ""] = isAtStart ? (lineStart.exec(piece) ?? []) : [];
  const text = piece.slice(start.length).trimEnd();
  const marks =
    (isAtStart ? /^(?:`{3,}(?=[^`]*$)|~{3,})/u.exec(text)?.[0] : undefined) ?? fenceBehindProse(text);
  return marks === undefined ? null : { marks, column: start.length, isQuoted: quote.includes(">") };
}

/** Backticks that close no code of their line, with at most one word behind them, the language. */
function fenceBehindProse(text: string): string | undefined {
  const runs = [...text.matchAll(/`+/gu)];
  for (let place = 0; place < runs.length; place += 1) {
    const [opening] = runs[place] ?? [];
    const closing = runs.findIndex(([run], other) => other > place && run === opening);
    if (closing !== -1) place = closing;
    else if (opening && opening.length >= 3 && /^`+[\w+#.-]*$/u.test(text.slice(runs[place]?.index)))
      return opening;
  }
  return undefined;
}
