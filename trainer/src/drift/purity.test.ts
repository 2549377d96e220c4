import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

test("nothing here reads a clock, draws randomness of its own, or touches the world", async () => {
  const files = await readdir(import.meta.dirname, { recursive: true });
  const sources = files.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  expect(sources.length).toBeGreaterThan(15);
  for (const name of sources) {
    const code = (await readFile(join(import.meta.dirname, name), "utf8")).replace(
      /\/\*[\s\S]*?\*\/|\/\/.*/g,
      "",
    );
    expect(code, name).not.toMatch(
      /Math\.random|Date\.now|new Date\(\)|performance\.now|process\.|console\.|fetch\(/,
    );
  }
});
