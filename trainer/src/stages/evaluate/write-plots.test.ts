import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exampleEvaluation } from "./report/example-evaluation.ts";
import { writePlots } from "./write-plots.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plots-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const names = ["classes", "confusion", "reliability", "risk-coverage"].flatMap((name) => [
  `${name}-queue.csv`,
  `${name}-urgency.csv`,
]);
const lines = async (path: string) => (await readFile(join(folder, path), "utf8")).trimEnd().split("\n");

test("every file that dvc.yaml names is there, with a row for each thing drawn, the same bytes each time", async () => {
  for (const name of ["one", "two"]) await writePlots(join(folder, name), exampleEvaluation());
  expect((await readdir(join(folder, "one"))).sort()).toEqual(names);
  expect(await lines("one/confusion-queue.csv")).toHaveLength(91);
  expect(await lines("one/reliability-queue.csv")).toHaveLength(16);
  expect((await lines("one/risk-coverage-queue.csv")).at(-1)).toMatch(/^1,0\.\d+$/);
  for (const name of names) expect(await lines(`one/${name}`)).toEqual(await lines(`two/${name}`));
});

test("a label that no row has gives headers alone", async () => {
  const { metrics, outcomes } = exampleEvaluation();
  const holdout = { ...metrics.holdout!, urgency: null };
  await writePlots(
    join(folder, "none"),
    exampleEvaluation({ metrics: { ...metrics, holdout }, outcomes: { ...outcomes, urgency: [] } }),
  );
  expect(await lines("none/classes-urgency.csv")).toEqual(["class,f1,precision,recall,rows"]);
});
