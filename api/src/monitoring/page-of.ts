/** Which part of a list, newest first: at most `limit` rows, after the one with the id `cursor`. */
export type PageRequest = { readonly limit: number; readonly cursor?: string | undefined };

/** A part of a list; `nextCursor` asks for what comes after it, and is null on the last one. */
export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };

/** The page out of rows of which one more than the limit was asked for: that there is one says that another page follows. */
export function pageOf<Item extends { readonly id: string }>(
  rows: readonly Item[],
  limit: number,
): Page<Item> {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
