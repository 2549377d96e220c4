import { codeMark, markCode } from "./code-mark.ts";
import { documentLimits } from "./document-limits.ts";
import { htmlTableText, isLayoutTable } from "./html-table-text.ts";
import { linkText } from "./link-text.ts";
import { nestedMark } from "./nested-mark.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { type HtmlElement, headingRank, readHtmlPage } from "./read-html-page.ts";
import { createSectionBuilder } from "./section-builder.ts";

/** Takes what an element holds, in order. */
type Taker = {
  heading(rank: number, text: string): void;
  block(text: string): void;
  list(list: HtmlElement): void;
};

/**
 * The article of an HTML page (see readHtmlPage) in sections. The title is the first h1, else the title element. A list of nothing but
 * links before any other text shows where in a site the page stands and is left out. Throws DocumentError where elements are nested
 * without end.
 */
export function parseHtml(html: string): ParsedDocument {
  const page = readHtmlPage(html);
  const builder = createSectionBuilder();
  const links: string[] = [];
  let firstHeading: string | null = null;
  let hasText = false;
  takeFlow(page.content, {
    heading: (rank, text) => {
      hasText = true;
      if (rank === 1 && firstHeading === null) firstHeading = text;
      else builder.heading(rank, text);
    },
    block: (text) => {
      hasText = true;
      builder.block(text);
    },
    list: (list) => {
      const isWayHere = !hasText && list.holdsOnlyLinks;
      if (isWayHere) links.push(listText(list));
      else builder.block(listText(list));
      hasText ||= !isWayHere;
    },
  });
  if (!hasText) for (const list of links) builder.block(list);
  return {
    id: null,
    title: firstHeading ?? (inOneLine(page.title) || null),
    language: page.language.slice(0, 2).toLowerCase() || null,
    queue: null,
    url: /^https?:\/\//.test(page.url) ? page.url : null,
    keywords: page.keywords
      .split(",")
      .map((word) => word.trim())
      .filter(Boolean),
    sections: builder.sections(),
  };
}

/** Text runs on through links, and ends where a block begins or ends. */
function takeFlow(parent: HtmlElement, taker: Taker): void {
  let text = "";
  const endBlock = () => {
    const block = inLines(text);
    text = "";
    if (block !== "") taker.block(block);
  };
  for (const child of parent.children) {
    if (typeof child === "string") text += child;
    else if (child.name === "a" && child.children.every((part) => typeof part === "string")) {
      const label = child.children.join("");
      text += label.trim() === "" ? label : linkText(label, child.attributes.href ?? "");
    } else {
      endBlock();
      takeElement(child, taker);
    }
  }
  endBlock();
}

function takeElement(element: HtmlElement, taker: Taker): void {
  const rank = headingRank(element.name);
  const heading = rank === null ? "" : inOneLine(plainText(element));
  if (rank !== null && heading.length <= documentLimits.headingLength) {
    if (heading !== "") taker.heading(rank, heading);
  } else if (element.name === "pre") taker.block(markCode(plainText(element)));
  else if (isList(element)) taker.list(element);
  else if (element.name === "table" && !isLayoutTable(element)) {
    taker.block(htmlTableText(element, blocksText));
  } else takeFlow(element, taker);
}

/** A list without numbers that holds headings only places parts of the page. */
const isList = ({ name, holdsHeading }: HtmlElement) => name === "ol" || (name === "ul" && !holdsHeading);

function listText(list: HtmlElement): string {
  const lines: string[] = [];
  addItems(list, lines, false);
  return lines.join("\n");
}

function addItems(list: HtmlElement, lines: string[], isNested: boolean): void {
  let next = Number.parseInt(list.attributes.start ?? "1", 10) || 1;
  for (const child of list.children) {
    let mark = "";
    const taker: Taker = {
      heading: (_, text) => taker.block(text),
      block: (text) => {
        for (const line of text.split("\n").filter(Boolean)) {
          lines.push(mark === "" ? line : mark + withoutCodeMark(line));
          mark = "";
        }
      },
      list: (nested) => addItems(nested, lines, true),
    };
    if (typeof child === "string") taker.block(inLines(child));
    else if (child.name === "li") {
      const number = list.name === "ol" ? `${next}. ` : "";
      mark = isNested ? `${nestedMark} ${number}` : number || "- ";
      next += 1;
      takeFlow(child, taker);
    } else takeElement(child, taker);
  }
}

const withoutCodeMark = (line: string) =>
  line.startsWith(codeMark) ? line.slice(codeMark.length).trim() : line;

/** Text of an element by itself, its blocks apart by an empty line. */
function blocksText(element: HtmlElement): string {
  const blocks: string[] = [];
  takeFlow(element, {
    heading: (_, text) => blocks.push(text),
    block: (text) => blocks.push(text),
    list: (list) => blocks.push(listText(list)),
  });
  return blocks.join("\n\n");
}

/** Text without the addresses of links, each block on a line of its own. */
function plainText({ children }: HtmlElement): string {
  return children
    .map((child) => {
      if (typeof child === "string") return child;
      return child.name === "a" ? plainText(child) : `\n${plainText(child)}\n`;
    })
    .join("");
}

const inOneLine = (text: string) => text.replace(/\s+/g, " ").trim();

/** Squeezes blanks; line breaks stay, and two in a row end the block. */
const inLines = (text: string) =>
  text
    .replace(/ +/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
