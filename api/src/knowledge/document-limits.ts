/** What one document may hold at most: an article is a few pages, and whatever is far beyond is a mistake or an attack. */
export const documentLimits = {
  bytes: 10_000_000,
  pdfPages: 500,
  /** Characters of text after parsing. */
  textLength: 2_000_000,
  sections: 2_000,
  chunks: 2_000,
  titleLength: 300,
  headingLength: 300,
  keywords: 100,
  keywordLength: 100,
} as const;
