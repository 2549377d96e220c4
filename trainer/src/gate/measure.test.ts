import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import { makeTestBundle } from "@support-it-agent/shared/bundle/node/make-test-bundle";
import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SnapshotRow } from "../stages/snapshot/snapshot-row.ts";
import { holdoutHash } from "./holdout-hash.ts";
import { measureAgreement } from "./measure-agreement.ts";
import { measureGolden } from "./measure-golden.ts";
import { readGateRows } from "./read-gate-rows.ts";
import { readTreeKinds } from "./read-tree-kinds.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gate-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const says = (queue: number[], urgency = [0.2, 0.3, 0.5], scope = 0.1): Classification => {
  const names = ["Hardware / Device", "Network / Infrastructure", "Software / Product"];
  const probabilities = Object.fromEntries(names.map((name, k) => [name, queue[k] ?? 0]));
  const label = names[queue.indexOf(Math.max(...queue))] ?? "";
  const [low = 0, medium = 0, high = 0] = urgency;
  return {
    queue: { label, confidence: Math.max(...queue), probabilities, abstains: false },
    urgency: { label: "high", confidence: high, probabilities: { low, medium, high }, abstains: false },
    outOfScope: { probability: scope, isOutOfScope: scope > 0.5 },
  };
};

describe("Python against ONNX", () => {
  const python = { id: "a", queue: [0.7, 0.2, 0.1], urgency: [0.2, 0.3, 0.5], scope: [0.9, 0.1] };
  const measure = async (said: Classification | undefined) => {
    const { manifest } = await loadBundle(await makeTestBundle());
    return measureAgreement(manifest, [python], new Map(said ? [["a", said]] : []));
  };
  test.each<[string, Classification | undefined, object]>([
    [
      "the same",
      says([0.7, 0.2, 0.1]),
      { rows: 1, missing: 0, flipped: 0, largestDifference: expect.closeTo(0, 12) },
    ],
    [
      "a hair apart",
      says([0.70002, 0.19998, 0.1]),
      { flipped: 0, largestDifference: expect.closeTo(2e-5, 9), worstRow: "a" },
    ],
    ["another label", says([0.2, 0.7, 0.1]), { flipped: 1, largestDifference: expect.closeTo(0.5, 9) }],
    [
      "no number",
      says([Number.NaN, 0.2, 0.1]),
      { largestDifference: Number.POSITIVE_INFINITY, worstRow: "a" },
    ],
    [
      "no scope that is one",
      says([0.7, 0.2, 0.1], undefined, Number.NaN),
      { largestDifference: Number.POSITIVE_INFINITY },
    ],
    ["not asked", undefined, { rows: 0, missing: 1 }],
  ])("%s", async (_, said, expected) => {
    expect(await measure(said)).toMatchObject(expected);
  });
});

describe("golden questions", () => {
  const question = (queues: string[], urgencies: ("low" | "medium" | "high")[] = ["high"]) => ({
    question: `where does ${queues} go`,
    language: "en",
    queues,
    urgencies,
  });
  const queues = ["Hardware / Device", "Network / Infrastructure", "Software / Product"];

  test("a queue counts where the model knows one that is accepted, urgency and scope always", () => {
    const questions = [
      question(["Hardware / Device"]),
      question(["Badges", "Network / Infrastructure"], ["low"]),
      question(["Badges"]),
    ];
    const said = [says([0.7, 0.2, 0.1]), says([0.7, 0.2, 0.1]), says([0.7, 0.2, 0.1], undefined, 0.9)];
    expect(measureGolden(questions, said, queues)).toEqual({
      questions: 3,
      withKnownQueue: 2,
      queueAccepted: 1,
      urgencyAccepted: 2,
      outOfScope: 1,
      notNumbers: 0,
      missed: ["where does Badges,Network / Infrastructure go -> Hardware / Device"],
    });
  });

  test("an answer that is no number is counted", () => {
    const said = [says([0.7, 0.2, 0.1], [Number.NaN, 0.3, 0.5])];
    expect(measureGolden([question(["Hardware / Device"])], said, queues).notNumbers).toBe(1);
  });
});

describe("rows to measure on", () => {
  const row = (
    id: string,
    split: SnapshotRow["split"],
    day: number | null,
    source = "glpi",
  ): SnapshotRow => ({
    id,
    split,
    group: id,
    language: "en",
    in_scope: true,
    queue: "Mail",
    urgency: "low",
    text: id,
    source,
    created_at: day === null ? null : `2026-03-${String(day).padStart(2, "0")}T00:00:00.000Z`,
  });
  const write = async (rows: SnapshotRow[], blind?: SnapshotRow[]) => {
    const lines = (of: object[]) => of.map((one) => `${JSON.stringify(one)}\n`).join("");
    await writeFile(join(folder, "rows.jsonl"), lines(rows));
    const withoutSplit = blind?.map(({ split: _, ...rest }) => rest);
    if (withoutSplit) await writeFile(join(folder, "blind.jsonl"), lines(withoutSplit));
  };
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
  const rows = [
    row("t", "train", 5),
    row("c", "calibration", 10),
    row("h", "holdout", 3),
    row("hf", "holdout", 3, "feedback"),
    row("r", "recent", 12),
    row("rf", "recent", 12, "feedback"),
  ];
  const blind = [row("b7", "recent", 7), row("b10", "recent", 10), row("b11", "recent", 11)];

  test("corrections measure neither on the holdout nor in the window: they are there because a model erred", async () => {
    await write(rows);
    const read = await readGateRows(folder, null);
    expect([ids(read.holdout), ids(read.recentTickets), read.feedbackLeftOut]).toEqual([["h"], ["r"], 2]);
    expect(ids(read.all)).toHaveLength(6);
  });

  test("the blind slice measures from the serving model's training on, else from the candidate's", async () => {
    await write(rows, blind);
    const known = await readGateRows(folder, "2026-03-06T00:00:00.000Z");
    expect(ids(known.recentBlind)).toEqual(["b7", "b10", "b11"]);
    const unknown = await readGateRows(folder, null);
    expect([ids(unknown.recentBlind), unknown.blindFrom]).toEqual([["b11"], "2026-03-10T00:00:00.000Z"]);
    expect(unknown.trainedUntil).toBe("2026-03-10T00:00:00.000Z");
  });

  test("where nothing that trained has a time, every blind label is newer", async () => {
    await write([row("t", "train", null), row("h", "holdout", null)], blind);
    const read = await readGateRows(folder, null);
    expect([ids(read.recentBlind).length, read.trainedUntil]).toEqual([3, null]);
  });

  test("a snapshot that is none is broken, not refused", async () => {
    await expect(readGateRows(join(folder, "none"), null)).rejects.toThrow("cannot be read");
  });

  test("a holdout has one name in whatever order its rows are", () => {
    expect(holdoutHash(["a", "b"])).toBe(holdoutHash(["b", "a"]));
    expect(holdoutHash(["a", "b"])).not.toBe(holdoutHash(["a", "b", "c"]));
  });
});

describe("the kind of trees", () => {
  const param = { gbtree_model_param: { num_parallel_tree: "1" } };
  const write = async (change: Record<string, object> = {}) => {
    await mkdir(join(folder, "second-seed"));
    for (const name of [
      "queue",
      "urgency",
      "scope",
      "second-seed/queue",
      "second-seed/urgency",
      "second-seed/scope",
    ]) {
      const booster = change[name] ?? { name: "gbtree", model: param };
      await writeFile(
        join(folder, `${name}.json`),
        JSON.stringify({ learner: { gradient_booster: booster } }),
      );
    }
  };

  test("is read of every model of both seeds", async () => {
    await write({
      "second-seed/scope": {
        name: "dart",
        gbtree: { model: { gbtree_model_param: { num_parallel_tree: "4" } } },
      },
    });
    const kinds = await readTreeKinds(folder);
    expect(kinds).toHaveLength(6);
    expect(kinds[0]).toEqual({ model: "queue", booster: "gbtree", parallelTrees: 1 });
    expect(kinds[5]).toEqual({ model: "second-seed/scope", booster: "dart", parallelTrees: 4 });
  });

  test("a model that is missing, or none, is said by its name", async () => {
    await expect(readTreeKinds(folder)).rejects.toThrow("queue.json cannot be read");
    await write({ urgency: { model: param } });
    await expect(readTreeKinds(folder)).rejects.toThrow(/urgency\.json is no model of XGBoost/);
    await writeFile(join(folder, "queue.json"), "{");
    await expect(readTreeKinds(folder)).rejects.toThrow(/queue\.json is no model of XGBoost/);
  });
});
