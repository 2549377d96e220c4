/**
 * Text without what a person cannot see: line ends as "\n", every kind of blank as one space, no control, zero-width,
 * bidirectional, private-use or tag characters, no half surrogate pairs; full-width and mathematical letters and digits
 * and ligatures as plain ones, Unicode NFC ("½", "²" and "™" stay); lines trimmed, at most one empty line in a row. Idempotent, linear in the length. Indentation goes with the blanks.
 */
export function cleanText(raw: string): string {
  return raw
    .replace(lineEnds, "\n")
    .replace(blanks, " ")
    .replace(invisible, "")
    .replace(dressedLetters, (letters) => letters.normalize("NFKC"))
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

/**
 * Letters, digits and signs that only look otherwise: full-width forms, mathematical alphabets with those of their letters that
 * stand elsewhere, circled letters, ligatures. A model knows them as no word, and a finder of secrets as no digit. NFKC of the whole text would
 * make "10²" 102 and "5½" 51/2.
 */
const dressedLetters =
  /[\uFF01-\uFF5E\uFFE0-\uFFE6\u{1D400}-\u{1D7FF}\u2102\u210A-\u2113\u2115\u2119-\u211D\u2124\u2128\u212C\u212D\u212F-\u2131\u2133\u2134\u24B6-\u24E9\uFB00-\uFB06]+/gu;
