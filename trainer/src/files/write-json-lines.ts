import { open } from "node:fs/promises";

/** Rows that are put into one write: a whole file of 50,000 texts may be longer than a string can be. */
const rowsAtOnce = 1_000;

/** Writes a JSONL file, one row a line. */
export async function writeJsonLines(path: string, rows: readonly object[]): Promise<void> {
  const file = await open(path, "w");
  try {
    for (let start = 0; start < rows.length; start += rowsAtOnce) {
      const lines = rows.slice(start, start + rowsAtOnce).map((row) => `${JSON.stringify(row)}\n`);
      await file.appendFile(lines.join(""));
    }
  } finally {
    await file.close();
  }
}
