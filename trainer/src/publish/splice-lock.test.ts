import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { lockedMd5 } from "./lock-sections.ts";
import { spliceLock } from "./splice-lock.ts";

const ours = `schema: '2.0'
stages:
  train@starter:
    cmd: an older one
  train@current:
    cmd: python train.py
    params:
      params.yaml:
        current.train:
          queue: &id001
            eta: 0.05
          urgency: *id001
  export-to-dvc@current:
    cmd: python export.py --out 
      models/current
    outs:
    - path: models/current
      hash: md5
      md5: aaaa.dir
`;
const starter = () => readFile(new URL("../../../dvc.lock", import.meta.url), "utf8");
const stagesOf = (text: string) => parse(text).stages;

test("the lock file that DVC wrote gets our stages at its end and keeps every byte of the others", async () => {
  const base = await starter();
  const spliced = spliceLock(base, ours, "current");
  expect(spliced.startsWith(base)).toBe(true);
  expect(stagesOf(spliced)).toEqual({
    ...stagesOf(base),
    "train@current": stagesOf(ours)["train@current"],
    "export-to-dvc@current": stagesOf(ours)["export-to-dvc@current"],
  });
  expect(lockedMd5(spliced, "models/current")).toBe("aaaa.dir");
  expect(lockedMd5(base, "models/current")).toBeNull();
});

test("no anchor is defined twice, and each alias means what it meant", async () => {
  const spliced = spliceLock(await starter(), ours, "current");
  const anchors = [...spliced.matchAll(/&(id\d+)/g)].map((found) => found[1]);
  expect(new Set(anchors).size).toBe(anchors.length);
  expect(stagesOf(spliced)["train@current"].params["params.yaml"]["current.train"].urgency).toEqual({
    eta: 0.05,
  });
});

test("the same stages again change nothing, and taking them away gives the file from before", async () => {
  const base = await starter();
  const spliced = spliceLock(base, ours, "current");
  expect(spliceLock(spliced, spliced, "current")).toBe(spliced);
  expect(spliceLock(spliced, base, "current")).toBe(base);
  // Another model, and back: to the byte.
  const other = spliceLock(spliced, ours.replace("0.05", "0.07").replace("aaaa", "bbbb"), "current");
  expect(other).not.toBe(spliced);
  expect(spliceLock(other, spliced, "current")).toBe(spliced);
});

test("a stage that is not in the newer file goes, and a file of no stages stays one that DVC reads", () => {
  const fewer = ours.replace(/ {2}train@current:[\s\S]*?(?= {2}export)/, "");
  expect(Object.keys(stagesOf(spliceLock(ours, fewer, "current")))).toEqual([
    "train@starter",
    "export-to-dvc@current",
  ]);
  expect(spliceLock(null, null, "current")).toBe("schema: '2.0'\nstages: {}\n");
  expect(spliceLock(spliceLock(null, ours, "current"), null, "current")).toBe("schema: '2.0'\nstages: {}\n");
});

test("a lock file with marks of a conflict is refused", () => {
  const torn = ours.replace("  train@current:", "<<<<<<< HEAD\n  train@current:");
  expect(() => spliceLock(torn, ours, "current")).toThrow();
});
