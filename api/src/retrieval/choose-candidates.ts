/**
 * Sums up what each chunk scores by the postings that were read, and gives the numbers of the `count` best, best first.
 * `pieces` is what find-by-terms reads, big-endian: a lexeme's id, the length of its postings in bytes, and the postings as
 * search_posting packs them (a chunk's number, and in the last five bits its weight in thirty-seconds).
 */
export function chooseCandidates(
  pieces: Uint8Array | null | undefined,
  scores: ReadonlyMap<number, number>,
  count: number,
): number[] {
  if (!pieces) return [];
  const { numbers, sums } = sumPostings(pieces, scores);
  const best: number[] = [];
  let least = 0;
  for (let slot = 0; slot < sums.length; slot += 1) {
    const sum = sums[slot] ?? 0;
    if (sum <= least) continue;
    let place = Math.min(best.length, count - 1);
    for (; place > 0; place -= 1) {
      const before = best[place - 1] ?? 0;
      if ((sums[before] ?? 0) >= sum) break;
      best[place] = before;
    }
    best[place] = slot;
    if (best.length === count) least = sums[best[count - 1] ?? 0] ?? 0;
  }
  return best.map((slot) => numbers[slot] ?? 0);
}

/** Kept from call to call, since new arrays for each would be a quarter of a megabyte of garbage a question. */
let table = { numbers: new Int32Array(0), sums: new Float32Array(0) };

/**
 * A hash table in two arrays, with open addressing: chunk numbers (0 is an empty slot) and their sums. A Map takes four times as
 * long, and an array over all numbers would grow with every chunk that ever was. What it gives holds until the next call.
 */
function sumPostings(pieces: Uint8Array, scores: ReadonlyMap<number, number>) {
  const bytes = new DataView(pieces.buffer, pieces.byteOffset, pieces.byteLength);
  // At least two slots for each posting.
  const bits = Math.max(1, Math.ceil(Math.log2(pieces.byteLength / 2)));
  const { numbers, sums } = clearedTable(2 ** bits);
  const lastSlot = 2 ** bits - 1;
  for (let place = 0; place < pieces.byteLength; ) {
    const score = (scores.get(bytes.getInt32(place)) ?? 0) / 32;
    const end = place + 8 + bytes.getInt32(place + 4);
    for (place += 8; place < end; place += 4) {
      const posting = bytes.getUint32(place);
      const number = posting >>> 5;
      // Fibonacci hashing: the golden ratio spreads numbers that follow each other.
      let slot = Math.imul(number, 0x9e3779b1) >>> (32 - bits);
      while (numbers[slot] !== 0 && numbers[slot] !== number) slot = (slot + 1) & lastSlot;
      numbers[slot] = number;
      sums[slot] = (sums[slot] ?? 0) + score * ((posting & 31) + 0.5);
    }
  }
  return { numbers, sums };
}

function clearedTable(size: number): typeof table {
  if (table.numbers.length < size) {
    table = { numbers: new Int32Array(size), sums: new Float32Array(size) };
  }
  const cleared = { numbers: table.numbers.subarray(0, size), sums: table.sums.subarray(0, size) };
  cleared.numbers.fill(0);
  cleared.sums.fill(0);
  return cleared;
}
