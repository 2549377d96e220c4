/** What one document may hold at most: an article is a few pages, and whatever is far beyond is a mistake or an attack. */
export const documentLimits = {
  bytes: 10_000_000,
  pdfPages: 500,
  /** Characters of HTML or plain text. Parsing runs in one go, and a server has other callers. */
  sourceLength: 2_000_000,
  /** Characters of Markdown, whose parser takes about 3 s for a million. */
  markdownLength: 300_000,
  /** A longer paragraph is taken as it stands: hostile text in one costs the parser the square of its length. */
  markdownParagraphLength: 10_000,
  /** Levels of quotes, lists and elements inside each other. */
  nesting: 50,
  htmlNesting: 1_000,
  /** Blocks, cells and links of an HTML page: they are kept until it is read. */
  htmlElements: 250_000,
  /** Characters of text after parsing. */
  textLength: 1_000_000,
  sections: 2_000,
  chunks: 2_000,
  titleLength: 300,
  headingLength: 300,
  keywords: 100,
  keywordLength: 100,
} as const;
