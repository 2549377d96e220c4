import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";

/**
 * Packs a folder's files into a ZIP archive and gives its SHA-256 in hexadecimal. Sorted, dated 1980, readable by all: the same files are the
 * same bytes on every machine. For folders that fit into memory, below ZIP's 4 GB.
 */
export async function writeZip(folder: string, file: string): Promise<string> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const path of paths) {
    const content = await readFile(path);
    const packed = deflateRawSync(content);
    const name = Buffer.from(relative(folder, path).split(sep).join("/"));
    const common = describe(content, packed.length, name.length);
    const local = Buffer.concat([uint32(0x04034b50), common, name]);
    directory.push(
      // Made on Unix; no comment, first disk, a regular file that everybody reads.
      Buffer.concat([
        uint32(0x02014b50),
        uint16(0x0314),
        common,
        uint16(0, 0, 0),
        uint32(0o100644 * 0x10000, offset),
        name,
      ]),
    );
    parts.push(local, packed);
    offset += local.length + packed.length;
  }
  const directoryLength = directory.reduce((sum, { length }) => sum + length, 0);
  const end = [
    uint32(0x06054b50),
    uint16(0, 0, paths.length, paths.length),
    uint32(directoryLength, offset),
    uint16(0),
  ];
  const archive = Buffer.concat([...parts, ...directory, ...end]);
  await writeFile(file, archive);
  return createHash("sha256").update(archive).digest("hex");
}

/** What the two headers of a file have in common: version 2.0, UTF-8 name, deflate, 1980-01-01. */
function describe(content: Buffer, packedLength: number, nameLength: number): Buffer {
  return Buffer.concat([
    uint16(20, 0x0800, 8, 0, 0x21),
    uint32(crc32(content), packedLength, content.length),
    uint16(nameLength, 0),
  ]);
}

function uint16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, i * 2);
  return bytes;
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, i * 4);
  return bytes;
}
