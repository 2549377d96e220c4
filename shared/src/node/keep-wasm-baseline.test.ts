import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const module = fileURLToPath(new URL("./keep-wasm-baseline.ts", import.meta.url));

/**
 * Says whether V8 optimised a WebAssembly function (n => a loop of n rounds of x = (x ^ n) * 24005) that it ran for a while.
 */
const program = `
  import { keepWasmBaseline } from ${JSON.stringify(module)};
  const [embedder, database] = process.argv.slice(1);
  await keepWasmBaseline(embedder, database === "embedded");
  const bytes = Uint8Array.of(0,97,115,109,1,0,0,0, 1,6,1,96,1,127,1,127, 3,2,1,0, 7,7,1,3,114,117,110,0,0,
    10,35,1,33,1,2,127, 3,64, 32,1, 32,0, 115, 65,197,187,1, 108, 33,1, 32,2, 65,1, 106, 34,2, 32,0, 72, 13,0, 11, 32,1, 11);
  const { run } = (await WebAssembly.instantiate(bytes)).instance.exports;
  for (let round = 0; round < 500; round += 1) {
    run(100_000);
    if (%IsTurboFanFunction(run)) break;
    await new Promise(setImmediate);
  }
  console.log(%IsTurboFanFunction(run) ? "optimised" : "as first compiled");
`;

async function compiledCode(embedder: string, database: string): Promise<string> {
  const args = ["--allow-natives-syntax", "--input-type=module", "-e", program, embedder, database];
  return (await run(process.execPath, args)).stdout.trim();
}

test.each([
  ["auto", "postgres", "as first compiled"],
  ["native", "postgres", "as first compiled"],
  ["wasm", "postgres", "optimised"],
  ["auto", "embedded", "optimised"],
])("WebAssembly beside a %s embedder and a %s database is %s", async (embedder, database, code) => {
  expect(await compiledCode(embedder, database)).toBe(code);
});
