import { readFile } from "node:fs/promises";
import { manifestSchema } from "@support-it-agent/shared/bundle/manifest";
import { expect, test } from "vitest";
import type { GateReport } from "../gate/gate-report.ts";
import { type CardFacts, renderModelCard } from "./render-model-card.ts";

const read = async (path: string) =>
  JSON.parse(await readFile(new URL(`../../../models/${path}`, import.meta.url), "utf8"));

async function facts(change: Partial<CardFacts> = {}): Promise<CardFacts> {
  const gate: GateReport = {
    passed: true,
    reason: "Both keys turn.",
    candidate: null,
    serving: { version: "2026.11.01-000000", hash: "0".repeat(64) },
    comparedWith: "serving",
    checks: [{ key: 1, name: "weighted F1 | queue", status: "passed", why: ".79, floor .70", numbers: {} }],
    labels: ["queue"],
    rows: { holdout: 654, recent: 0, recentTickets: 0, recentBlind: 0, feedbackLeftOut: 3 },
    holdoutHash: null,
    earlierLooks: 2,
    trainedUntil: null,
    notes: ["The holdout was looked at twice before."],
  };
  const data = {
    row_count: 5475,
    group_count: 5000,
    splits: { train: 4000, calibration: 800, holdout: 675 },
    queues: { "Network / Infrastructure": 900, "Odd | <b>queue</b>\n# head": 2 },
    urgencies: { low: 1, high: 0 },
    languages: { en: 3, fr: 2 },
    time: { first: "2026-01-02T03:04:05Z", last: "2026-11-01T00:00:00Z" },
  };
  return {
    dataSet: "current",
    cycleId: "0199aaaa",
    baseCommit: "c".repeat(40),
    manifest: manifestSchema.parse(await read("starter/manifest.json")),
    bundleHash: "b".repeat(64),
    metrics: await read("starter.metrics.json"),
    data,
    gate,
    reason: "Topics moved.",
    ...change,
  };
}

test("the card has the figures of metrics.json with their ranges, the weak spots, thresholds and lineage", async () => {
  const card = renderModelCard(await facts());
  const { queue } = (await read("starter.metrics.json")).holdout;
  const three = (value: number) => value.toFixed(3);
  expect(card).toContain(
    `| queue, holdout | ${queue.rows} | ${three(queue.accuracy)} (${three(queue.intervals.accuracy[0])} to `,
  );
  const classes: [string, { f1: number; support: number }][] = Object.entries(queue.classes);
  const [[name, weakest] = ["", { f1: 0, support: 0 }]] = classes.sort(([, a], [, b]) => a.f1 - b.f1);
  expect(card).toContain(`Lowest F1 of queue: ${name} (F1 ${three(weakest.f1)}, ${weakest.support} rows)`);
  const slices: [string, { accuracy: number; rows: number }][] = Object.entries(queue.slices);
  const [[slice, { accuracy, rows }] = ["", { accuracy: 0, rows: 0 }]] = slices
    .filter(([, { rows }]) => rows >= 30)
    .sort(([, a], [, b]) => a.accuracy - b.accuracy);
  expect(card).toContain(
    `Lowest accuracy of queue by slice: ${slice} (accuracy ${three(accuracy)}, ${rows} rows)`,
  );
  const { thresholds } = await read("starter/manifest.json");
  expect(card).toContain(`| urgency | high | ${thresholds.urgency.high.toFixed(4)} |`);
  expect(card).toContain("From 2026-01-02 to 2026-11-01.");
  expect(card).toContain("- Urgencies: low 1.");
  expect(card).toContain("Compared with model 2026.11.01-000000.");
  expect(card).toContain("- The holdout was looked at twice before.");
  expect(card).toContain(`from commit \`${"c".repeat(40)}\``);
  expect(card).toMatch(/all-MiniLM-L6-v2, whose weights are Apache-2.0/);
});

test("the same facts give the same bytes, and names from the data stay names", async () => {
  const card = renderModelCard(await facts());
  expect(renderModelCard(await facts())).toBe(card);
  expect(card).toContain("Odd \\| \\<b\\>queue\\</b\\> # head 2");
  expect(card.split("\n").filter((line) => line.startsWith("# "))).toHaveLength(1);
});

test("without a holdout, times or thresholds that can be met the card says so", async () => {
  const { manifest, data } = await facts();
  const [queue = ""] = manifest.labels.queue;
  const thresholds = { ...manifest.thresholds, queue: { ...manifest.thresholds.queue, [queue]: 1 } };
  const time = { first: null, last: null };
  const card = renderModelCard(
    await facts({
      metrics: { holdout: null, recent: null },
      data: { ...data, time },
      manifest: { ...manifest, thresholds },
    }),
  );
  expect(card).toContain("Nothing was held out to measure it on.");
  expect(card).toContain("Its rows have no times.");
  expect(card).toContain(`- Never trusted, for want of proof: ${queue}.`);
});
