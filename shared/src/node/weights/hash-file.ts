import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 of a file as 64 hexadecimal digits, read piece by piece. Rejects as the file system does. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 262_144 })) hash.update(piece);
  return hash.digest("hex");
}
