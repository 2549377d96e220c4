import { Parser } from "htmlparser2";
import { DocumentError } from "./document-error.ts";
import { documentLimits } from "./document-limits.ts";
import { nestedMark } from "./nested-mark.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { createSectionBuilder } from "./section-builder.ts";

/** Elements whose content is no part of an article. */
const skipped = new Set(
  "script style noscript template svg math iframe object canvas nav header footer aside form button select dialog audio video".split(
    " ",
  ),
);

/** Elements that end a block of text where they begin and where they end. */
const blocks = new Set(
  "p div section article main body blockquote pre figure figcaption address details summary dl dt dd hr ul ol li table tr caption".split(
    " ",
  ),
);

type OpenList = { readonly ordered: boolean; next: number };

/**
 * The main content of an HTML page: the `main` element (else `article`, else the body) without navigation, header, footer,
 * aside, forms, scripts and hidden parts. The title is the first h1, else the title element. Reads events and builds no
 * tree. Throws DocumentError where elements are nested without end.
 */
export function parseHtml(html: string): ParsedDocument {
  const root = ["main", "article"].find((name) => new RegExp(`<${name}[\\s>]`, "i").test(html)) ?? null;
  const builder = createSectionBuilder();
  const page = { title: "", language: "", url: "", keywords: "" };
  const lists: OpenList[] = [];
  let rootDepth = root === null ? 1 : 0;
  let depth = 0;
  let skipDepth = 0;
  let isHead = false;
  let preDepth = 0;
  let heading: { rank: number } | null = null;
  let firstHeading: string | null = null;
  let isTitle = false;
  let text = "";
  let lines: string[] = [];
  let itemMark = "";
  let columns: string[] = [];
  let cells: { text: string; isHead: boolean }[] | null = null;

  const takeText = () => {
    const taken = preDepth > 0 ? text.replace(/^\n+|\s+$/g, "") : squeeze(text);
    text = "";
    return taken;
  };
  const endBlock = () => {
    if (cells !== null) return;
    const taken = takeText();
    if (taken === "") return;
    if (lists.length === 0) builder.block(taken);
    else lines.push(itemMark + taken);
    itemMark = "";
  };
  const endLines = () => {
    builder.block(lines.join("\n"));
    lines = [];
  };

  const parser = new Parser({
    onopentag(name, attributes) {
      if (++depth > documentLimits.htmlNesting) throw nestedTooDeep();
      if (name === "html") page.language = attributes.lang ?? "";
      if (name === "head") isHead = true;
      if (name === "body") isHead = false;
      if (name === "link" && attributes.rel === "canonical") page.url = attributes.href ?? "";
      if (name === "meta" && attributes.name === "keywords") page.keywords = attributes.content ?? "";
      if (name === "title" && page.title === "") isTitle = true;
      if (name === root) rootDepth += 1;
      const isHidden = "hidden" in attributes || attributes["aria-hidden"] === "true";
      if (skipDepth > 0 || skipped.has(name) || isHidden) {
        if (!voidElements.has(name)) skipDepth += 1;
        return;
      }
      if (isHead) return;
      if (name === "br") text += preDepth > 0 || lists.length > 0 ? "\n" : " ";
      if (name === "pre") preDepth += 1;
      if (blocks.has(name) && heading === null) endBlock();
      if (name === "ul" || name === "ol") {
        lists.push({ ordered: name === "ol", next: Number.parseInt(attributes.start ?? "1", 10) || 1 });
      }
      if (name === "li") startItem();
      if (name === "tr") cells = [];
      const rank = headingRank(name);
      if (rank !== null) {
        endBlock();
        heading = { rank };
      }
    },
    ontext(data) {
      if (isTitle) page.title += data;
      else if (skipDepth === 0 && rootDepth > 0 && !isHead) text += data;
    },
    onclosetag(name) {
      depth -= 1;
      if (name === "title") isTitle = false;
      if (name === "head") isHead = false;
      if (skipDepth > 0) {
        if (!voidElements.has(name)) skipDepth -= 1;
        return;
      }
      if (heading !== null && headingRank(name) !== null) endHeading(heading.rank);
      if (name === "td" || name === "th") cells?.push({ text: takeText(), isHead: name === "th" });
      if (name === "tr") endRow();
      if (blocks.has(name) && heading === null) endBlock();
      if (name === "pre") preDepth = Math.max(0, preDepth - 1);
      if (name === "ul" || name === "ol") {
        lists.pop();
        if (lists.length === 0) endLines();
      }
      if (name === "table") {
        endLines();
        columns = [];
      }
      if (name === root) rootDepth -= 1;
    },
  });

  function startItem() {
    const list = lists.at(-1);
    if (!list) return;
    const number = list.ordered ? `${list.next}. ` : "";
    itemMark = lists.length > 1 ? `${nestedMark} ${number}` : number || "- ";
    list.next += 1;
  }
  function endHeading(rank: number) {
    const taken = squeeze(text);
    text = "";
    heading = null;
    if (taken === "") return;
    if (rank === 1 && firstHeading === null) firstHeading = taken;
    else builder.heading(rank, taken);
  }
  function endRow() {
    const row = cells ?? [];
    cells = null;
    if (row.length > 0 && row.every((cell) => cell.isHead)) {
      columns = row.map((cell) => cell.text);
      return;
    }
    const named = row.map((cell, index) =>
      cell.text && columns[index] ? `${columns[index]}: ${cell.text}` : cell.text,
    );
    const line = named.filter(Boolean).join(" | ");
    if (line) lines.push(line);
  }

  parser.write(html);
  parser.end();
  endBlock();
  endLines();
  return {
    id: null,
    title: firstHeading ?? (squeeze(page.title) || null),
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

const voidElements = new Set("area base br col embed hr img input link meta source track wbr".split(" "));

function headingRank(name: string): number | null {
  return /^h[1-6]$/.test(name) ? Number(name[1]) : null;
}

const nestedTooDeep = () =>
  new DocumentError(
    "document_too_large",
    `The elements of this page are nested more than ${documentLimits.htmlNesting} levels deep: it is no article.`,
  );

const squeeze = (text: string) => text.replace(/\s+/g, " ").trim();
