/**
 * True where two thirds of the letters are Latin ones, or where there are no letters: names of products are Latin in every script. detectLanguage tells languages of that script
 * alone and says "en" of any other.
 */
export function isMostlyLatin(text: string): boolean {
  if (plainText.test(text)) return true;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return 3 * latin >= 2 * letters;
}

/** The blocks up to Latin Extended-B: nearly every question, told without taking it apart. */
const plainText = /^[^\u0250-\u1fff\u2070-\uffff]*$/;
