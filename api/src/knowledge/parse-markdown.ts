import type { List, Nodes, RootContent, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { toString as plainText } from "mdast-util-to-string";
import { gfm } from "micromark-extension-gfm";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { DocumentError } from "./document-error.ts";
import { documentLimits } from "./document-limits.ts";
import { nestedMark } from "./nested-mark.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { createSectionBuilder, type SectionBuilder } from "./section-builder.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value).trim());

/** What front matter may say; other keys are somebody else's and are let be. */
const frontMatterSchema = z.object({
  id: scalar.nullish(),
  title: scalar.nullish(),
  language: scalar.nullish(),
  lang: scalar.nullish(),
  queue: scalar.nullish(),
  url: scalar.nullish(),
  keywords: z.union([z.array(scalar), scalar.transform((words) => words.split(","))]).nullish(),
});

type FrontMatter = z.infer<typeof frontMatterSchema>;

/**
 * Markdown (CommonMark and GitHub's tables) with optional YAML front matter: id, title, language, queue, url, keywords.
 * Without a title there, a first heading of depth 1 is the title. Throws DocumentError for front matter that is no YAML, and for
 * text that is too long or nested too deep.
 */
export function parseMarkdown(markdown: string): ParsedDocument {
  refuseHostile(markdown);
  const { matter, body } = splitFrontMatter(markdown);
  const nodes = splitHugeParagraphs(body).flatMap(parseBlocks);
  const topHeadings = nodes.filter((node) => node.type === "heading" && node.depth === 1);
  const [titleNode] = topHeadings;
  const builder = createSectionBuilder();
  for (const node of nodes) {
    if (node !== titleNode || topHeadings.length > 1) addBlock(builder, node);
  }
  return {
    id: matter.id || null,
    title: matter.title || (titleNode && plainText(titleNode).trim()) || null,
    language: matter.language || matter.lang || null,
    queue: matter.queue || null,
    url: matter.url || null,
    keywords: (matter.keywords ?? []).map((keyword) => keyword.trim()).filter(Boolean),
    sections: builder.sections(),
  };
}

/** Pieces of Markdown to be parsed, and paragraphs so long that the parser would take the square of their length for them. */
function splitHugeParagraphs(body: string): { readonly text: string; readonly isHuge: boolean }[] {
  const pieces: { text: string; isHuge: boolean }[] = [];
  for (const text of body.split(/(?<=\n)[ \t]*\r?\n/)) {
    const isHuge = text.length > documentLimits.markdownParagraphLength;
    const last = pieces.at(-1);
    if (last && !last.isHuge && !isHuge) last.text += `\n${text}`;
    else pieces.push({ text, isHuge });
  }
  return pieces;
}

/** A huge paragraph is taken as it stands. */
function parseBlocks({ text, isHuge }: { readonly text: string; readonly isHuge: boolean }): RootContent[] {
  if (isHuge) return [{ type: "code", value: text }];
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }).children;
}

function splitFrontMatter(markdown: string): { matter: FrontMatter; body: string } {
  const match = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(markdown);
  if (!match) return { matter: {}, body: markdown };
  try {
    // The limit on aliases keeps a few bytes from growing into gigabytes.
    const matter = frontMatterSchema.parse(parseYaml(match[1] ?? "", { maxAliasCount: 10 }) ?? {});
    return { matter, body: markdown.slice(match[0].length) };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new DocumentError(
      "unreadable_document",
      `The front matter between the --- lines cannot be read: ${reason.split("\n")[0]}`,
      error,
    );
  }
}

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

function addBlock(builder: SectionBuilder, node: RootContent): void {
  if (node.type === "heading") builder.heading(node.depth, plainText(node).trim());
  else builder.block(blockText(node));
}

/** Text of a block as people read it. HTML inside Markdown and link definitions are not text. */
function blockText(node: Nodes): string {
  switch (node.type) {
    case "list":
      return listText(node, false);
    case "table":
      return tableText(node);
    case "blockquote":
      return node.children.map(blockText).filter(Boolean).join("\n");
    case "code":
      return node.value;
    case "html":
    case "definition":
    case "thematicBreak":
      return "";
    default:
      return plainText(node, { includeHtml: false });
  }
}

function listText(list: List, isNested: boolean): string {
  const first = list.start ?? 1;
  const lines = list.children.map((item, index) => {
    const number = list.ordered ? `${first + index}.` : "";
    const mark = isNested ? `${nestedMark} ${number}`.trimEnd() : number || "-";
    const [head = "", ...rest] = item.children.map((child) =>
      child.type === "list" ? listText(child, true) : blockText(child),
    );
    return [`${mark} ${head.trimStart()}`, ...rest].join("\n");
  });
  return lines.join("\n");
}

/** One line a row, each cell after the name of its column, so that a row can be read without the table. */
function tableText(table: Table): string {
  const [head, ...rows] = table.children.map((row) => row.children.map((cell) => plainText(cell).trim()));
  if (!head) return "";
  if (rows.length === 0) return head.join(" | ");
  return rows
    .map((cells) =>
      cells
        .map((cell, index) => (cell && head[index] ? `${head[index]}: ${cell}` : cell))
        .filter(Boolean)
        .join(" | "),
    )
    .join("\n");
}
