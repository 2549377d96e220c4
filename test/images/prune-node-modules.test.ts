import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pruneNodeModules } from "../../scripts/images/prune-node-modules.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "node_modules-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function fill(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), "12345");
  }
}

async function left(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

test("of ONNX Runtime one platform's library stays, and what Node loads of the web's", async () => {
  await fill([
    "onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1",
    "onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1",
    "onnxruntime-node/bin/napi-v6/win32/x64/onnxruntime.dll",
    "onnxruntime-web/dist/ort.wasm.bundle.min.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.jsep.wasm",
  ]);
  const pruned = await pruneNodeModules(folder, { platform: "linux", arch: "arm64" });
  expect((await left()).filter((path) => /\.[a-z]+\d?$/.test(path) || path.endsWith(".1"))).toEqual([
    "onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
    "onnxruntime-web/dist/ort.wasm.bundle.min.mjs",
  ]);
  expect(Object.fromEntries(pruned)).toEqual({
    "native libraries of other platforms": 10,
    "browser builds of ONNX Runtime": 5,
  });
});

test("maps, TypeScript and documents go, with the folders that they leave empty; code, data and licences stay", async () => {
  await fill([
    "a/index.js",
    "a/index.js.map",
    "a/index.d.ts",
    "a/src/index.ts",
    "a/README.md",
    "a/data.json",
  ]);
  await fill(["a/LICENSE.md", "a/THIRD-PARTY-NOTICES.md", "b/node_modules/c/x.d.mts"]);
  await pruneNodeModules(folder, process);
  expect(await left()).toEqual([
    "a",
    "a/LICENSE.md",
    "a/THIRD-PARTY-NOTICES.md",
    "a/data.json",
    "a/index.js",
  ]);
});
