/**
 * Stands before each line of code (a fenced or indented block, a pre element), with a blank between. Cleaning takes fences and
 * indentation away, and "# a comment", "1. a line" or "- a flag" would be read as a heading, a step or an item of the article.
 */
export const codeMark = "│";
