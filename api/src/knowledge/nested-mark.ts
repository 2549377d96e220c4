/**
 * Stands before an item of a list within a list. Cleaning takes blanks at the beginning of a line away, so that indentation would not
 * tell whose item it is.
 */
export const nestedMark = "◦";
