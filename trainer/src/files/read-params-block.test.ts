import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { readParamsBlock } from "./read-params-block.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "params-"));
});

afterEach(() => rm(folder, { recursive: true }));

test.each([
  ["a: {b: 1}", "the block"],
  ["other: 1", 'it has no block "a"|a'],
  ["a:\n\tb: 1", "is no YAML"],
  ["<<<<<<< ours\na: {b: 1}\n=======\na: {b: 2}\n>>>>>>> theirs", "is no YAML|Mend the file"],
])("%j: %s", async (text, outcome) => {
  const path = join(folder, "params.yaml");
  await writeFile(path, text);
  const read = readParamsBlock(path, "a", z.object({ b: z.number() }));
  if (outcome === "the block") return expect(await read).toEqual({ b: 1 });
  const error = await read.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CliError);
  expect(String(error)).toMatch(new RegExp(outcome));
});
