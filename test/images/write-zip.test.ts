import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeZip } from "../../scripts/lambda/write-zip.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zip-"));
  await mkdir(join(folder, "in/é"), { recursive: true });
  await writeFile(join(folder, "in/é/a.txt"), "a".repeat(100_000));
  await writeFile(join(folder, "in/b.bin"), Buffer.from([0, 255, 1]));
  await writeFile(join(folder, "in/empty"), "");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("Python's zipfile finds no fault in the archive, and the same names, contents and modes", async () => {
  await writeZip(join(folder, "in"), join(folder, "out.zip"));
  const program = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps([[i.filename, archive.read(i).hex()[:6], i.file_size, oct(i.external_attr >> 16)] for i in archive.infolist()]))`;
  const { stdout } = await promisify(execFile)("python3", ["-c", program, join(folder, "out.zip")]);
  expect(JSON.parse(stdout)).toEqual([
    ["b.bin", "00ff01", 3, "0o100644"],
    ["empty", "", 0, "0o100644"],
    ["é/a.txt", "616161", 100_000, "0o100644"],
  ]);
});

test("the same files are the same bytes, whenever they were written", async () => {
  const first = await writeZip(join(folder, "in"), join(folder, "1.zip"));
  await writeFile(join(folder, "in/empty"), "");
  const second = await writeZip(join(folder, "in"), join(folder, "2.zip"));
  expect(second).toBe(first);
  expect(await readFile(join(folder, "2.zip"))).toEqual(await readFile(join(folder, "1.zip")));
});
