/** Changes of a ticket that change nothing of what it is about. */
export const textChanges: Readonly<Record<string, (text: string) => string>> = {
  "upper case": (text) => text.toUpperCase(),
  "a greeting": (text) => `Hello,\n\n${text}`,
  "a signature": (text) => `${text}\n\nKind regards,\nSam Taylor`,
  "a typo": swapInLongestWord,
};

/** The two middle letters of the longest word change places. */
function swapInLongestWord(text: string): string {
  const longest = text.split(/\s+/).reduce((best, word) => (word.length > best.length ? word : best), "");
  const at = Math.floor(longest.length / 2);
  if (at < 1) return text;
  const swapped =
    longest.slice(0, at - 1) + longest.charAt(at) + longest.charAt(at - 1) + longest.slice(at + 1);
  return text.replace(longest, () => swapped);
}
