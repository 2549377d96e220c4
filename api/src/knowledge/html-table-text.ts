import { codeMark } from "./code-mark.ts";
import type { HtmlElement } from "./read-html-page.ts";

type Cell = { readonly column: string; readonly text: string };

/** Whether a table only places parts of the page: it says so, holds headings or another table, or has no row of two cells. */
export function isLayoutTable({ attributes, holdsHeading, holdsTable, children }: HtmlElement): boolean {
  if (["presentation", "none"].includes(attributes.role ?? "") || holdsHeading || holdsTable) return true;
  return !children.some((child) => isRow(child) && cellsOf(child).length > 1);
}

/**
 * One line a row, each cell after the name of its column, so that a row can be read without the table. Steps and code in a cell keep
 * their lines, below the row's other cells. `textOf` gives the text of an element's blocks.
 */
export function htmlTableText(table: HtmlElement, textOf: (element: HtmlElement) => string): string {
  const rows: string[] = [];
  const spanning: Spanning = new Map();
  let columns: string[] = [];
  let areColumnsSaid = true;
  const sayColumns = () => {
    if (!areColumnsSaid) rows.push(columns.filter(Boolean).join(" | "));
    areColumnsSaid = true;
  };
  for (const child of table.children) {
    if (!isRow(child)) {
      rows.push(textOf(typeof child === "string" ? { ...table, children: [child] } : child));
      continue;
    }
    const own = cellsOf(child);
    const cells = placeCells(own, spanning);
    if (own.length > 1 && own.every(({ name }) => name === "th")) {
      sayColumns();
      columns = [];
      for (const { cell, column } of cells) {
        const name = joinLines(textOf(cell).split("\n")).slice(0, maxNameLength);
        for (let i = 0; i < spanOf(cell, "colspan"); i += 1) columns[column + i] = name;
      }
      areColumnsSaid = false;
    } else if (own.length > 0) {
      areColumnsSaid = true;
      // A cell that is a whole row belongs to no column.
      const nameOf = (column: number) => (cells.length > 1 && columns[column]) || "";
      rows.push(rowText(cells.map(({ cell, column }) => ({ column: nameOf(column), text: textOf(cell) }))));
    }
  }
  sayColumns();
  return joinRows(rows.filter(Boolean));
}

/** A column's name is repeated in each row. */
const maxNameLength = 200;

const isRow = (child: string | HtmlElement): child is HtmlElement =>
  typeof child !== "string" && child.name === "tr";

const cellsOf = (row: HtmlElement): HtmlElement[] =>
  row.children.map((child) => (typeof child === "string" ? { ...row, children: [child] } : child));

/** Cells that reach into the rows below, by column, and how far. */
type Spanning = Map<number, { readonly cell: HtmlElement; readonly rows: number }>;

/** The cells of a row with those that reach into it from above, and the column that each begins in. */
function placeCells(own: readonly HtmlElement[], spanning: Spanning) {
  const placed: { cell: HtmlElement; column: number }[] = [];
  const begun: Spanning = new Map();
  let column = 0;
  const placeSpanning = () => {
    for (let above = spanning.get(column); above; above = spanning.get(column)) {
      placed.push({ cell: above.cell, column });
      if (above.rows > 1) spanning.set(column, { cell: above.cell, rows: above.rows - 1 });
      else spanning.delete(column);
      column += spanOf(above.cell, "colspan");
    }
  };
  for (const cell of own) {
    placeSpanning();
    placed.push({ cell, column });
    const rows = spanOf(cell, "rowspan") - 1;
    if (rows > 0) begun.set(column, { cell, rows });
    column += spanOf(cell, "colspan");
  }
  placeSpanning();
  for (const [at, span] of begun) spanning.set(at, span);
  return placed;
}

/** A cell stands in at most 20 rows or columns: its text is repeated. */
const spanOf = ({ attributes }: HtmlElement, name: "rowspan" | "colspan") =>
  Math.min(20, Math.max(1, Number.parseInt(attributes[name] ?? "1", 10) || 1));

function rowText(cells: readonly Cell[]): string {
  const flat = cells.filter(({ text }) => !isTall(text));
  const tall = cells.filter(({ text }) => isTall(text)).map(splitTall);
  const line = flat.map(({ column, text }) => named(column, joinLines(text.split("\n")))).filter(Boolean);
  const [first, ...others] = tall;
  if (first === undefined) return line.join(" | ");
  const top = [...line, first.lead].filter(Boolean).join(" | ");
  return [{ lead: top, lines: first.lines }, ...others]
    .map(({ lead, lines }) => `${lead}\n${lines}`.trim())
    .join("\n\n");
}

const isTall = (text: string) => text.split("\n").filter(needsItsLine).length > 1;

const needsItsLine = (line: string) => line.startsWith(codeMark) || /^\d{1,2}[.)]\s/u.test(line);

function splitTall({ column, text }: Cell): { readonly lead: string; readonly lines: string } {
  const lines = text.split("\n");
  const start = lines.findIndex(needsItsLine);
  const lead = joinLines(lines.slice(0, start));
  return { lead: named(column, lead) || (column && `${column}:`), lines: lines.slice(start).join("\n") };
}

const named = (column: string, text: string) => (column && text ? `${column}: ${text}` : text);

/** Lines that end without punctuation are kept apart by a semicolon. */
function joinLines(lines: readonly string[]): string {
  const texts = lines.map((line) => line.replace(/^[-◦│](?: |$)/u, "").trim()).filter(Boolean);
  return texts
    .map((text, index) => {
      if (index === texts.length - 1) return text;
      return /[\p{L}\p{N})\]"”»]$/u.test(text) ? `${text};` : text;
    })
    .join(" ");
}

/** What follows a step without an empty line would be read as its end. */
function joinRows(rows: readonly string[]): string {
  return rows
    .map((row, index) => {
      const before = rows[index - 1];
      if (before === undefined) return row;
      return `${before.includes("\n") || row.includes("\n") ? "\n\n" : "\n"}${row}`;
    })
    .join("");
}
