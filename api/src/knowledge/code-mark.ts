/**
 * Stands before each line of code (a fenced or indented block, a pre element), with a blank between. Cleaning takes fences and
 * indentation away, and "# a comment", "1. a line" or "- a flag" would be read as a heading, a step or an item of the article.
 */
export const codeMark = "│";

/** The lines of a code, marked. Its empty lines are left out: they would end the block. */
export const markCode = (code: string) =>
  code
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== "")
    .map((line) => `${codeMark} ${line.trimEnd()}`)
    .join("\n");
