import { codeMark } from "./code-mark.ts";
import { documentLimits } from "./document-limits.ts";
import type { Section } from "./parsed-document.ts";

export type SectionBuilder = {
  /** Opens a section under a heading of `depth` 1..6; deeper headings carry the path of those above them. */
  heading(depth: number, text: string): void;
  /** Adds a block of text to the open section. Code goes to the block that says what it is for. */
  block(text: string): void;
  /** The sections that hold text, in order. */
  sections(): Section[];
};

/**
 * Collects headings and blocks, in the order of the document, into sections.
 */
export function createSectionBuilder(): SectionBuilder {
  const path: { depth: number; text: string }[] = [];
  const collected: { heading: string | null; blocks: string[] }[] = [{ heading: null, blocks: [] }];
  return {
    heading: (depth, text) => {
      while ((path.at(-1)?.depth ?? 0) >= depth) path.pop();
      path.push({ depth, text });
      const heading = path.map((part) => part.text).join(" > ");
      collected.push({ heading: heading.slice(0, documentLimits.headingLength) || null, blocks: [] });
    },
    block: (text) => {
      const trimmed = text.trim();
      const blocks = collected.at(-1)?.blocks;
      if (trimmed === "" || !blocks) return;
      if (trimmed.startsWith(codeMark) && blocks.length > 0) blocks.push(`${blocks.pop()}\n${trimmed}`);
      else blocks.push(trimmed);
    },
    sections: () =>
      collected
        .filter(({ blocks }) => blocks.length > 0)
        .map(({ heading, blocks }) => ({ heading, text: blocks.join("\n\n") })),
  };
}
