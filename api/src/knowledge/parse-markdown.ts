import { foldText } from "@support-it-agent/shared/text/fold-text";
import type { Nodes, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { DocumentError } from "./document-error.ts";
import { documentLimits } from "./document-limits.ts";
import { headingText, type LinkAddresses, markdownText } from "./markdown-text.ts";
import { parseHtml } from "./parse-html.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { readFrontMatter } from "./read-front-matter.ts";
import { createSectionBuilder } from "./section-builder.ts";
import { type MarkdownPiece, splitMarkdown } from "./split-markdown.ts";

/**
 * Markdown (CommonMark and GitHub's tables, with HTML) with optional YAML front matter: id, title, language, queue, url, keywords.
 * Without a title there, a first heading of depth 1 is the title. Throws DocumentError for front matter that is no YAML, and for
 * text that is too long or nested too deep.
 */
export function parseMarkdown(source: string): ParsedDocument {
  const markdown = source.replace(embeddedData, "data:,");
  refuseHostile(markdown);
  const { matter, body } = readFrontMatter(markdown);
  const nodes = joinHtml(parsePieces(splitMarkdown(body)));
  const addresses = collectAddresses(nodes);
  const blocks = nodes.flatMap((node) => readNode(node, addresses));
  const topHeadings = blocks.filter(({ depth }) => depth === 1);
  const heading = topHeadings[0]?.text || null;
  const title = matter.title || heading;
  const isTitle = topHeadings.length === 1 && foldText(heading ?? "") === foldText(title ?? "");
  const builder = createSectionBuilder();
  for (const { depth, text } of blocks) {
    if (depth === null) builder.block(text);
    else if (text !== "" && (depth > 1 || !isTitle)) builder.heading(depth, text);
  }
  return { ...matter, title, sections: builder.sections() };
}

/** Pictures that an export writes into the text, longer than the text. */
const embeddedData = /data:[\w/+.-]{1,100};base64,[\w+/=]*/g;

/** What would cost the parser time or stack out of all proportion is no article. */
function refuseHostile(markdown: string): void {
  const { markdownLength, nesting } = documentLimits;
  if (markdown.length > markdownLength) {
    throw tooLarge(`it has ${markdown.length} characters, and at most ${markdownLength} are read`);
  }
  for (const [lead] of markdown.matchAll(/^[ \t>*+-]{50,}/gm)) {
    const marks = lead.match(/>|[*+-](?=[ \t])/g)?.length ?? 0;
    const indent = /^[ \t]*/.exec(lead)?.[0].length ?? 0;
    if (marks > nesting || (marks > 0 && indent > 8 * nesting)) {
      throw tooLarge(`its lists or quotes are nested more than ${nesting} levels deep`);
    }
  }
}

const tooLarge = (what: string) =>
  new DocumentError("document_too_large", `The document is too large: ${what}. Split it into articles.`);

/** A link may be defined in another piece: where there are several, each is read with the definitions of all. */
function parsePieces(pieces: readonly MarkdownPiece[]): RootContent[] {
  const shared = pieces.length > 1 ? definitionsOf(pieces) : "";
  return pieces.flatMap(({ kind, text }): RootContent[] => {
    if (kind === "code" || kind === "html") return [{ type: kind, value: text }];
    if (kind === "plain") return [{ type: "paragraph", children: [{ type: "text", value: text }] }];
    return fromMarkdown(shared + text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
      .children;
  });
}

function definitionsOf(pieces: readonly MarkdownPiece[]): string {
  const definitions = pieces.flatMap(
    ({ kind, text }) =>
      (kind === "markdown" && text.match(/^ {0,3}\[[^\]^\n][^\]\n]{0,200}\]:[ \t]*\S.*$/gm)) || [],
  );
  const text = definitions.map((definition) => `${definition.trim()}\n\n`).join("");
  return text.length <= documentLimits.markdownParagraphLength ? text : "";
}

/** An empty line ends a node of HTML, and no table. */
function joinHtml(nodes: readonly RootContent[]): RootContent[] {
  const joined: RootContent[] = [];
  for (const node of nodes) {
    const last = joined.at(-1);
    if (node.type === "html" && last?.type === "html") last.value += `\n${node.value}`;
    else joined.push(node);
  }
  return joined;
}

function collectAddresses(nodes: readonly Nodes[]): LinkAddresses {
  const addresses = new Map<string, string>();
  const visit = (node: Nodes) => {
    if (node.type === "definition") addresses.set(node.identifier, node.url);
    else if ("children" in node) node.children.forEach(visit);
  };
  nodes.forEach(visit);
  return addresses;
}

/** A heading of `depth` 1..6, or text. */
type Block = { readonly depth: number | null; readonly text: string };

function readNode(node: RootContent, addresses: LinkAddresses): Block[] {
  if (node.type === "heading") return [{ depth: node.depth, text: headingText(node) }];
  if (node.type === "html") return readHtml(node.value);
  return [{ depth: null, text: markdownText(node, addresses) }];
}

/** HTML between blocks of Markdown: its headings count among those of the document. */
function readHtml(html: string): Block[] {
  return html.split(htmlHeading).flatMap((part, index): Block[] => {
    const texts = parseHtml(index % 2 === 0 ? part : part.replace(/^<h[1-6]/i, "<p")).sections.map(
      ({ text }) => text,
    );
    if (index % 2 === 0) return texts.map((text) => ({ depth: null, text }));
    return texts.length > 0 ? [{ depth: Number(part[2]), text: texts.join(" ") }] : [];
  });
}

const htmlHeading = /(<h[1-6]\b[^>]{0,300}>[\s\S]{0,1000}?<\/h[1-6]>)/i;
