import { statfs } from "node:fs/promises";

/** Bytes that the disk of a folder has left for this process; Infinity where the file system does not say. */
export async function freeBytes(folder: string): Promise<number> {
  const { blocks, bavail, bsize } = await statfs(folder).catch(() => ({ blocks: 0, bavail: 0, bsize: 0 }));
  return blocks > 0 ? bavail * bsize : Number.POSITIVE_INFINITY;
}
