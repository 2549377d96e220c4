/**
 * Text for comparing words: lower case, accents and other marks gone ("Écran" -> "ecran"), ligatures written out
 * ("œuvre" -> "oeuvre"), typographic apostrophes and dashes as the plain ones, a letter that comes three times or more
 * in a row as one ("urgenttt" -> "urgent"). Offsets of the result are not those of the text.
 */
export function foldText(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/œ/g, "oe")
    .replace(/æ/g, "ae")
    .replace(/ß/g, "ss")
    .replace(/[\u2018\u2019\u02bc\u00b4`]/g, "'")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/([a-z])\1{2,}/g, "$1");
}
