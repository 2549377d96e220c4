/** A part of a document under one heading. */
export type Section = {
  /** Path of headings, outermost first, joined by " > "; null before the first heading. */
  readonly heading: string | null;
  /** Blocks (paragraphs, lists, tables) apart by an empty line; inside a list or a table one line an item, with its number or dash. */
  readonly text: string;
};

/** What a file says of itself and holds, whatever its format. */
export type ParsedDocument = {
  readonly id: string | null;
  readonly title: string | null;
  readonly language: string | null;
  readonly queue: string | null;
  readonly url: string | null;
  readonly keywords: readonly string[];
  readonly sections: readonly Section[];
};
