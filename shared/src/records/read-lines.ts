/** A line of a text, with its number from 1. */
export type Line = { readonly line: number; readonly text: string };

/**
 * The lines of UTF-8 pieces, one at a time and never more than `maxLength` characters of one in memory. A longer line, or one
 * that is no UTF-8, comes as null text.
 */
export async function* readLines(
  pieces: AsyncIterable<Uint8Array>,
  maxLength: number,
): AsyncGenerator<{ line: number; text: string | null }, void> {
  let line = 1;
  let held: Uint8Array[] = [];
  let heldLength = 0;
  const take = (): { line: number; text: string | null } => {
    const text = heldLength > maxLength * 4 ? null : decode(held);
    held = [];
    heldLength = 0;
    return { line: line++, text: text !== null && text.length > maxLength ? null : text };
  };
  const hold = (bytes: Uint8Array) => {
    heldLength += bytes.byteLength;
    if (heldLength <= maxLength * 4) held.push(bytes);
    else held = [];
  };
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      hold(piece.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < piece.byteLength) hold(piece.subarray(start));
  }
  if (heldLength > 0) yield take();
}

const newline = 0x0a;

function decode(pieces: readonly Uint8Array[]): string | null {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    let text = "";
    for (const piece of pieces) text += decoder.decode(piece, { stream: true });
    return (text + decoder.decode()).replace(/\r$/, "");
  } catch {
    return null;
  }
}
