import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultDriftParams } from "../drift/drift-params.ts";
import { readDriftParams } from "./read-drift-params.ts";

const shipped = fileURLToPath(new URL("../../../params.yaml", import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "drift-params-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function changed(from: string, to: string): Promise<string> {
  const text = await readFile(shipped, "utf8");
  expect(text).toContain(from);
  const path = join(folder, "params.yaml");
  await writeFile(path, text.replace(from, to));
  return path;
}

test("params.yaml decides by the numbers that were measured", async () => {
  expect(await readDriftParams(shipped)).toMatchObject(defaultDriftParams);
});

test("a threshold of another file is taken", async () => {
  const params = await readDriftParams(await changed("drift_share: 0.3", "drift_share: 0.45"));
  expect(params.chart.driftShare).toBe(0.45);
});

test.each([
  ["smoothing: 0.3", "smoothing: 3", /smoothing/],
  ["lag_days: 3", "lag_day: 3", /lag_day/],
  ["min_rows: 200 }", "min_rows: 2000 }", /min_rows exceeds max_rows/],
  ["persistence: { needed: 2", "persistence: { needed: 4", /more windows are needed/],
])("%s -> %s is refused by name", async (from, to, message) => {
  await expect(readDriftParams(await changed(from, to))).rejects.toThrow(message);
});

test("a file that is not there is named", async () => {
  await expect(readDriftParams(join(folder, "none.yaml"))).rejects.toThrow(/none\.yaml cannot be read/);
});
