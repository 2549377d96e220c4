import type { List, Nodes, Table } from "mdast";
import { codeMark, markCode } from "./code-mark.ts";
import { linkText } from "./link-text.ts";
import { nestedMark } from "./nested-mark.ts";
import { parseHtml } from "./parse-html.ts";

/** Web addresses by the identifier of their definition ("[portal]: https://..."). */
export type LinkAddresses = ReadonlyMap<string, string>;

/** Text of a block as people read it. Definitions of links are no text. */
export function markdownText(node: Nodes, addresses: LinkAddresses): string {
  const textOf = (child: Nodes) => markdownText(child, addresses);
  switch (node.type) {
    case "list":
      return listText(node, false, addresses);
    case "table":
      return tableText(node, addresses);
    case "blockquote":
    case "footnoteDefinition":
      return node.children.map(textOf).filter(Boolean).join("\n");
    case "code":
      return markCode(node.value);
    case "html":
      return parseHtml(node.value)
        .sections.map(({ heading, text }) => [heading, text].filter(Boolean).join("\n"))
        .join("\n");
    case "definition":
    case "thematicBreak":
      return "";
    default:
      return inlineText(node, { lineBreak: "\n", addresses });
  }
}

/** A heading on one line, with the labels of its links alone. */
export const headingText = (node: Nodes) => inlineText(node, { lineBreak: " ", addresses: null });

type InlineStyle = {
  /** What a hard line break becomes. */
  readonly lineBreak: "\n" | " ";
  /** Null: links are their labels. */
  readonly addresses: LinkAddresses | null;
};

function inlineText(node: Nodes, style: InlineStyle): string {
  return rawInlineText(node, style)
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .join("\n");
}

function rawInlineText(node: Nodes, style: InlineStyle): string {
  switch (node.type) {
    case "text":
    case "inlineCode":
      // A soft line break is a blank.
      return node.value.replaceAll("\n", " ");
    case "break":
      return style.lineBreak;
    case "html":
      return breakingTag.test(node.value) ? style.lineBreak : "";
    case "image":
    case "imageReference":
      return node.alt ?? "";
    case "link":
    case "linkReference": {
      const label = childrenText(node.children, style);
      const address = node.type === "link" ? node.url : style.addresses?.get(node.identifier);
      return style.addresses && address ? linkText(label, address) : label;
    }
    default:
      return "children" in node ? childrenText(node.children, style) : "";
  }
}

const childrenText = (children: readonly Nodes[], style: InlineStyle) =>
  children.map((child) => rawInlineText(child, style)).join("");

/** Tags that begin a line, where HTML stands inside a paragraph, a heading or a cell. */
const breakingTag = /^<\/?(?:br|p|div|li|tr)\b/i;

function listText(list: List, isNested: boolean, addresses: LinkAddresses): string {
  const first = list.start ?? 1;
  const lines = list.children.map((item, index) => {
    const number = list.ordered ? `${first + index}.` : "";
    const mark = isNested ? `${nestedMark} ${number}`.trimEnd() : number || "-";
    const [head = "", ...rest] = item.children.map((child) =>
      child.type === "list" ? listText(child, true, addresses) : markdownText(child, addresses),
    );
    const headText = head.startsWith(codeMark) ? head.slice(codeMark.length) : head;
    return [`${mark} ${headText.trimStart()}`, ...rest.filter(Boolean)].join("\n").replace(/\n{2,}/g, "\n");
  });
  return lines.join("\n");
}

/** One line a row, each cell after the name of its column, so that a row can be read without the table. */
function tableText(table: Table, addresses: LinkAddresses): string {
  const [head, ...rows] = table.children.map((row) =>
    row.children.map((cell) => inlineText(cell, { lineBreak: " ", addresses })),
  );
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
