/** The longest word that is indexed; longer ones are data, not language. */
const maxWordLength = 64;

/**
 * The words of a prepared text as the text arm sees them, in order, repetitions included: lower-cased, placeholders of
 * redaction left out. A compound gives its parts and itself, so that "wi-fi" is found by "wifi" and "outlook.exe" by
 * "outlook". Stemming and stop words are the database's (search_stem).
 */
export function searchWords(text: string): string[] {
  const plain = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(placeholders, " ")
    .replace(/œ/g, "oe")
    .replace(/æ/g, "ae");
  const words: string[] = [];
  for (const [compound] of plain.matchAll(compounds)) {
    const parts = compound.split(joiners);
    for (const part of parts) push(words, part);
    if (parts.length > 1 && parts.length <= 4) push(words, compound.replaceAll("-", ""));
  }
  return words;
}

const placeholders = /\[[a-z]+_\d{1,6}\]/g;

/** Letters and digits, joined by single marks that belong to names: wi-fi, outlook.exe, err_connection_refused. */
const compounds = /[\p{L}\p{M}\p{N}]+(?:[-._][\p{L}\p{M}\p{N}]+)*/gu;

const joiners = /[-._]/;

function push(words: string[], word: string): void {
  if (word.length <= maxWordLength) words.push(word);
}
