/** The types of placeholders, as they stand in a text: [EMAIL_1]. */
export const placeholderTypes = ["EMAIL", "PHONE", "CARD", "IBAN", "IP", "MAC", "KEY", "PASSWORD"] as const;

export type PlaceholderType = (typeof placeholderTypes)[number];

/** A piece of a text to be taken out: UTF-16 offsets, end exclusive. */
export type Span = { readonly start: number; readonly end: number; readonly type: PlaceholderType };

/**
 * Finds the spans of one kind in a cleaned text, in any order, overlapping or not. Takes time linear in the text's
 * length whatever it holds: every quantifier in these patterns is bounded, or starts only where its run starts.
 */
export type FindSpans = (text: string) => Span[];
