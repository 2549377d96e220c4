// Where ./scripts/build-lambda may build. The build itself is test/images/lambda-bundle.test.ts. It runs in a copy: the old ones of these folders were removed.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../../scripts/delivery/run-program.ts";
import { copyScripts, type ScriptsCopy } from "./copy-scripts.ts";

let checkout: ScriptsCopy;
beforeAll(async () => {
  checkout = await copyScripts(["api", "shared", "trainer", "node_modules"]);
  await mkdir(join(checkout.root, "docs"));
  await writeFile(join(checkout.root, "docs/training.md"), "ours");
  await mkdir(join(checkout.root, "fresh.part"));
  await writeFile(join(checkout.root, "fresh.part/notes"), "somebody's");
});
afterAll(() => checkout.remove());

// Without weights nothing is built: what is to be removed goes before, or not at all.
const build = (out: string) =>
  runProgram("node", ["scripts/build-lambda.ts", "--no-zip", "--out", out], {
    cwd: checkout.root,
    env: { ...process.env, CALLER_DIR: "", MODEL_DIR: join(checkout.root, "no-weights") },
    timeoutMs: 60_000,
  });

test.each([
  ["a folder of something else", "docs", "was not made by this script"],
  ["a file", "package.json", "was not made by this script"],
  ["a folder beside a draft that is somebody's", "fresh", "fresh.part is there"],
  ["the repository", ".", "holds this repository"],
  ["a folder around it", "..", "holds this repository"],
  ["no folder", "", "--out takes a folder"],
])("%s is refused as wrong use, and stays", async (_, out, said) => {
  const { exitCode, stderr } = await build(out);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(said)]);
  expect(stderr).toContain("Usage: ./scripts/build-lambda");
  expect(await readdir(join(checkout.root, "docs"))).toEqual(["training.md"]);
  expect(await readdir(join(checkout.root, "fresh.part"))).toEqual(["notes"]);
});

test("a build that breaks off leaves the earlier one as it was, and no draft", async () => {
  const earlier = join(checkout.root, "earlier");
  await mkdir(earlier);
  await writeFile(
    join(earlier, "lambda.mjs"),
    'export { handler, streamHandler } from "./api/src/node/lambda.mjs";\n',
  );
  expect(await build("earlier")).toMatchObject({ exitCode: 1 });
  expect(await readdir(earlier)).toEqual(["lambda.mjs"]);
  expect(await readdir(checkout.root)).not.toContain("earlier.part");
});
