/**
 * Text for comparing words: lower case, accents and other marks gone ("Écran" -> "ecran"), ligatures written out
 * ("œuvre" -> "oeuvre"), typographic apostrophes and dashes as the plain ones, a letter that comes three times or more
 * in a row as one ("urgenttt" -> "urgent"). Offsets of the result are not those of the text.
 */
export function foldText(text: string): string {
  const folded = text.toLowerCase().replace(foreignRuns, foldRun);
  return hasTripledLetter(folded) ? folded.replace(/([a-z])\1{2,}/g, "$1") : folded;
}

/** What is not plain ASCII, and the backtick, which is somebody's apostrophe: most of a text needs none of the steps below. */
const foreignRuns = /[\u0080-\uffff`]+/g;

/** Of one UTF-16 unit each, so 65,536 entries at most: "é" comes in every line of French. */
const foldedUnits = new Map<string, string>();

function foldRun(run: string): string {
  const known = foldedUnits.get(run);
  if (known !== undefined) return known;
  const folded = run
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/œ/g, "oe")
    .replace(/æ/g, "ae")
    .replace(/ß/g, "ss")
    .replace(/[\u2018\u2019\u02bc\u00b4`]/g, "'")
    .replace(/[\u2010-\u2015\u2212]/g, "-");
  if (run.length === 1) foldedUnits.set(run, folded);
  return folded;
}

/** A loop, because the expression with its back reference takes ten times as long to find nothing. */
function hasTripledLetter(text: string): boolean {
  let [before, count] = [0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    count = unit === before ? count + 1 : 1;
    if (count === 3 && unit >= 97 && unit <= 122) return true;
    before = unit;
  }
  return false;
}
