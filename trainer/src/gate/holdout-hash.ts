import { createHash } from "node:crypto";

/** Names a holdout by the ids of its measured rows: SHA-256, in hexadecimal digits. The order of rows does not matter. */
export function holdoutHash(ids: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([...ids].sort()))
    .digest("hex");
}
