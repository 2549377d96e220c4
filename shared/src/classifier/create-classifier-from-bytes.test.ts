import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { bundleFileNames } from "../bundle/manifest.ts";
import { makeTestBundle } from "../bundle/node/make-test-bundle.ts";

// What an edge runtime has: one bundled module, the bytes of the WASM runtime and of the model, no files and no addresses.
test("bundled for a neutral platform, the way from raw text to a classification runs on bytes alone", async () => {
  const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).pathname);
  const { outputFiles } = await build({
    stdin: {
      contents: [
        `export { createClassifier } from ${source("./create-classifier.ts")};`,
        `export { loadBundle } from ${source("../bundle/load-bundle.ts")};`,
        `export { buildFeatures } from ${source("../features/build-features.ts")};`,
        `export { prepareText } from ${source("../text/prepare-text.ts")};`,
      ].join("\n"),
      resolveDir: new URL(".", import.meta.url).pathname,
    },
    bundle: true,
    platform: "neutral",
    conditions: ["import"],
    format: "esm",
    write: false,
  });
  const code = outputFiles[0]!.text;
  expect(code).not.toMatch(/^import .* from ["']node:/m);

  const load = (module: string) =>
    import(`data:text/javascript;base64,${Buffer.from(module).toString("base64")}`);
  const bundled = await load(code);
  const wasmBinary = await readFile(
    new URL(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")),
  );
  const bytes = new Map<string, Uint8Array>();
  const read = await makeTestBundle();
  for (const name of ["manifest.json", ...bundleFileNames]) bytes.set(name, await read(name));

  const bundle = await bundled.loadBundle(async (name: string) => bytes.get(name));
  const classifier = await bundled.createClassifier(bundle, { wasmBinary });
  const prepared = bundled.prepareText("Mon VPN ne marche pas");
  const embedding = new Float32Array(384).fill(1);
  const [row] = await classifier.classify([bundled.buildFeatures(prepared, embedding)]);
  expect(row.queue).toMatchObject({ label: "Hardware / Device", abstains: false });
  await classifier.close();

  const another = await load(
    `${code}// a second instance of the runtime, which remembers that it could not start`,
  );
  const message = await another.createClassifier(bundle).catch((error: Error) => error.message);
  expect(message).toContain("wasmBinary");
});
