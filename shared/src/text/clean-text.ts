/**
 * Text without what a person cannot see: line ends as "\n", every kind of blank as one space, no control, zero-width,
 * bidirectional, private-use or tag characters, no half surrogate pairs, Unicode NFC; lines trimmed, at most one empty
 * line in a row. Idempotent, linear in the length. Indentation goes with the blanks.
 */
export function cleanText(raw: string): string {
  return raw
    .replace(lineEnds, "\n")
    .replace(blanks, " ")
    .replace(invisible, "")
    .normalize("NFC")
    .replace(blanks, " ")
    .split("\n")
    .map((line) => line.trim())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** CRLF, CR, vertical tab, form feed, next line, line and paragraph separator. */
const lineEnds = /\r\n?|[\v\f\u0085\u2028\u2029]/g;

/** Tab and every space separator, non-breaking ones included. */
const blanks = /[\t\p{Zs}]+/gu;

/**
 * Controls but the newline (Cc), formats such as soft hyphen, zero-width joiner, direction marks and tags (Cf), private
 * use such as Wingdings smileys (Co), half surrogate pairs (Cs), and the two non-characters of the basic plane.
 */
const invisible = /(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFE\uFFFF]/gu;
