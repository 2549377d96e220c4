/**
 * The line that stands between the parts of one text that are prepared together (the turns of a conversation): a character that
 * nobody types in a ticket (U+2E3B, three-em dash). What ends "at the end of the text" ends here too, so that a key without its
 * last line or a signature in one part does not take the next part with it.
 */
export const partSeparator = "\u2E3B";
