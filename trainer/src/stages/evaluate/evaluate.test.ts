// The whole stage on the shipped starter bundle with the real weights: 1,010 rows of the starter's own tickets, which it was trained
// on, so that the figures mean nothing here. What Python would have said is worked out backwards from what the bundle says.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bundle, loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { createWorkerEmbedder } from "@support-it-agent/shared/node/embedder/create-worker-embedder";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { ticketText } from "@support-it-agent/shared/text/ticket-text";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readLabelledTexts } from "../snapshot/read-labelled-texts.ts";
import type { SnapshotRow } from "../snapshot/snapshot-row.ts";
import { classifyFeatures } from "./classify-features.ts";
import { type EvaluateOptions, evaluate } from "./evaluate.ts";
import { textFeatures } from "./text-features.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

const path = (relative: string) => fileURLToPath(new URL(`../../../../${relative}`, import.meta.url));

let folder: string;
let embedder: Embedder;
let rows: SnapshotRow[];
let said: Classification[];
let bundle: Bundle;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "evaluate-"));
  embedder = await createWorkerEmbedder({
    modelDir: process.env.MODEL_DIR || path(".cache/models"),
    workers: 2,
  });
  bundle = await loadBundle(readBundleFolder(path("models/starter")));
  const tickets = (await readLabelledTexts(path("data/starter/tickets"))).slice(0, 1_010);
  rows = tickets.map((ticket, index): SnapshotRow => {
    const { text, language } = prepareText(ticketText(ticket));
    const { inScope } = ticket.labels;
    const { queue, urgency } = ticket.labels.inScope ? ticket.labels : { queue: null, urgency: null };
    const split = index % 20 === 0 ? "recent" : index % 4 === 0 ? "holdout" : "train";
    const { id, source } = ticket;
    return {
      id,
      split,
      group: id,
      language,
      in_scope: inScope,
      queue,
      urgency,
      text,
      source,
      created_at: null,
    };
  });
  const texts = rows.map(({ text }) => text);
  said = await classifyFeatures(bundle, await textFeatures(texts, embedder, path(".cache/embeddings")));
  await mkdir(join(folder, "snapshot"));
  await writeRows(rows);
  await writePython("python.arrow", said);
});
afterAll(async () => {
  await embedder?.close();
  await rm(folder, { recursive: true, force: true });
});

async function writeRows(written: readonly SnapshotRow[]): Promise<void> {
  await writeFile(
    join(folder, "snapshot/rows.jsonl"),
    written.map((row) => `${JSON.stringify(row)}\n`).join(""),
  );
}

/** The raw probabilities that the bundle's temperatures turn into what was said: p to the power of the temperature, normalised. */
async function writePython(name: string, from: readonly Classification[]): Promise<void> {
  const { calibration, labels } = bundle.manifest;
  const raw = (model: "queue" | "urgency" | "scope", probabilities: readonly number[]) => {
    const used = calibration[model];
    if (used.method !== "temperature") throw new Error("The starter is calibrated by a temperature.");
    const powers = probabilities.map((probability) => probability ** used.value);
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  };
  const table = tableFromArrays({
    id: rows.map(({ id }) => id),
    queue: from.map(({ queue }) =>
      raw(
        "queue",
        labels.queue.map((label) => queue.probabilities[label]!),
      ),
    ),
    urgency: from.map(({ urgency }) =>
      raw(
        "urgency",
        labels.urgency.map((label) => urgency.probabilities[label]),
      ),
    ),
    scope: from.map(({ outOfScope: { probability } }) => raw("scope", [1 - probability, probability])),
  });
  await writeFile(join(folder, name), tableToIPC(table, "file"));
}

const lines: string[] = [];
const options = (out: string): EvaluateOptions => ({
  bundleFolder: path("models/starter"),
  snapshotFolder: join(folder, "snapshot"),
  pythonPredictionsFile: join(folder, "python.arrow"),
  outFile: join(folder, `${out}.json`),
  plotsFolder: join(folder, `${out}-plots`),
  reportFolder: join(folder, `${out}-report`),
  cacheFolder: path(".cache/embeddings"),
  embedder,
  readPrevious: async () => null,
  log: (line) => lines.push(line),
});

test("a data set without test set, questions, baseline and second seed is measured on holdout and newest rows", async () => {
  await evaluate(options("one"));
  const metrics = JSON.parse(await readFile(join(folder, "one.json"), "utf8"));
  expect(metrics.bundle).toEqual({
    version: bundle.manifest.version,
    hash: bundle.hash,
    dataMd5: bundle.manifest.lineage.data_md5,
  });
  expect(metrics.pythonAgainstOnnx).toEqual({ rows: 1_010, withinTolerance: 1 });
  const inScope = (split: string) => rows.filter((row) => row.split === split && row.in_scope).length;
  expect(metrics.holdout.queue.rows).toBe(inScope("holdout"));
  expect(metrics.recent.queue.rows).toBe(inScope("recent"));
  expect([metrics.testSet, metrics.everydayQuestions, metrics.baseline, metrics.secondSeed]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(lines.join("\n")).toContain("recent, queue");
  const latency = JSON.parse(await readFile(join(folder, "one-report/latency.json"), "utf8"));
  expect(latency.wholeMs.p95).toBeGreaterThanOrEqual(latency.wholeMs.median);
});

test("the same bundle and rows give the same bytes", async () => {
  await evaluate(options("two"));
  const read = (name: string) => readFile(join(folder, name), "utf8");
  expect(await read("two.json")).toBe(await read("one.json"));
  expect(await read("two-plots/reliability-queue.csv")).toBe(await read("one-plots/reliability-queue.csv"));
});

test("where Python says otherwise the bundle is refused, with exit code 2 and no file", async () => {
  const other = said.map((one, index) => (index === 3 ? said[4]! : one));
  await writePython("other.arrow", other);
  const refused = evaluate({ ...options("refused"), pythonPredictionsFile: join(folder, "other.arrow") });
  await expect(refused).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(rows[3]!.id) });
  await expect(readFile(join(folder, "refused.json"))).rejects.toThrow("ENOENT");
});

test("one language, no newest rows, a holdout without one queue and without urgencies: measured for what is there", async () => {
  const poor = rows.map((row): SnapshotRow => {
    const isMeasured = row.split === "holdout" && row.queue !== "Service Outages";
    return { ...row, split: isMeasured ? "holdout" : "train", language: "en", urgency: null };
  });
  await writeRows(poor);
  await evaluate(options("poor"));
  const { holdout, recent } = JSON.parse(await readFile(join(folder, "poor.json"), "utf8"));
  expect([recent, holdout.urgency, holdout.urgencyActedOn]).toEqual([null, null, null]);
  expect(holdout.queue.classes["Service Outages"].support).toBe(0);
  expect(Object.keys(holdout.queue.slices).filter((name) => name.startsWith("language"))).toEqual([
    "language en",
  ]);
});
