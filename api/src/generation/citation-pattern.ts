const sourceWord =
  "(?:sources?|src|r[ée]f(?:[ée]rence)?s?|documents?|docs?|articles?|passages?|tickets?|n°|no\\.?|#|\\^)";
const number = `(?:${sourceWord}\\s*[:.]?\\s*){0,2}\\d{1,3}(?::\\d{1,3})?(?:†[^\\]】］,;\\n]{0,40})?`;
const separator = "(?:\\s*(?:[,;&/–—-]|\\band\\b|\\bet\\b|\\bto\\b|\\bà\\b)\\s*|\\s+)";
const numbers = `\\s*${number}(?:${separator}${number}){0,12}\\s*`;

/**
 * A citation in any dress that language models give it: [1], [1, 2], [1-3], [[1]], 【1】, 【1†source】, [^1], [source 2],
 * [Source: 1], (source 2). Numbers have at most three digits, so that [2026] is a year; [EMAIL_1] is no citation.
 * A regular expression's source, without groups; to be used with the flags "iu".
 */
export const citationPattern = `(?:\\[{1,2}${numbers}\\]{1,2}|【${numbers}】|［${numbers}］|\\(\\s*(?:sources?|r[ée]f)\\b${numbers}\\))(?![\\](])`;

/** The numbers inside a citation, in order, ranges written out: "[1, 3-5]" gives 1, 3, 4, 5. */
export function readCitation(citation: string): number[] {
  const bare = citation.replace(/†[^\]】］,;\n]*/gu, "").replace(/(\d):\d+/gu, "$1");
  return [...bare.matchAll(/(\d{1,3})(?:\s*[–—-]\s*(\d{1,3}))?/gu)].flatMap(([, from, to]) => {
    const first = Number(from);
    const last = to === undefined ? first : Number(to);
    const length = last - first + 1;
    return length >= 1 && length <= 20 ? Array.from({ length }, (_, step) => first + step) : [first, last];
  });
}
