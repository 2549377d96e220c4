// The gate on the bundle that is shipped, with the real weights, on a part of its tickets.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { createWorkerEmbedder } from "@support-it-agent/shared/node/embedder/create-worker-embedder";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gateCommand } from "../commands/gate.ts";
import { gateSchema } from "../params.ts";
import { gateReportSchema } from "./gate-report.ts";
import { renderGateTable } from "./render-gate-table.ts";
import { type GateOptions, runGate } from "./run-gate.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const starter = join(root, "models/starter");

let folder: string;
let embedder: Embedder;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "run-gate-"));
  embedder = await createWorkerEmbedder({
    modelDir: process.env.MODEL_DIR || join(root, ".cache/models"),
    workers: 1,
  });
  await writeSnapshot();
});
afterAll(async () => {
  await embedder?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every eightieth of the starter's tickets as a holdout. (The bundle knows most of them; what is tested here is the way.) */
async function writeSnapshot(): Promise<void> {
  const tickets = join(root, "data/starter/tickets");
  const lines: string[] = [];
  for (const name of (await readdir(tickets)).filter((each) => each !== "out-of-scope.jsonl").sort()) {
    lines.push(...(await readFile(join(tickets, name), "utf8")).trim().split("\n"));
  }
  const rows = lines
    .filter((_, index) => index % 80 === 0)
    .map((line) => {
      const { id, subject, body, language, queue, urgency } = JSON.parse(line);
      const text = [subject, body].filter(Boolean).join("\n\n");
      const labels = { in_scope: true, queue, urgency };
      return {
        id,
        split: "holdout",
        group: id,
        language,
        ...labels,
        text,
        source: "starter",
        created_at: null,
      };
    });
  await mkdir(join(folder, "snapshot"));
  await writeFile(
    join(folder, "snapshot/rows.jsonl"),
    rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  );
}

/** The starter's bundle with another threshold: other answers, hence another hash. */
async function otherBundle(
  name: string,
  change: (manifest: Record<string, unknown>) => void,
): Promise<string> {
  const copy = join(folder, name);
  await cp(starter, copy, { recursive: true });
  const manifest = JSON.parse(await readFile(join(copy, "manifest.json"), "utf8"));
  change(manifest);
  await writeFile(join(copy, "manifest.json"), JSON.stringify(manifest));
  return copy;
}

const gate = (change: Partial<GateOptions> = {}) =>
  runGate({
    candidateFolder: starter,
    secondSeedFolder: starter,
    servingFolder: null,
    snapshotFolder: join(folder, "snapshot"),
    pythonPredictionsFile: join(folder, "none.arrow"),
    baselineFile: join(folder, "none.json"),
    modelFolder: join(folder, "none"),
    goldenQuestionsFile: join(root, "data/starter/golden-questions.jsonl"),
    servingTrainedUntil: null,
    cacheFolder: join(folder, "cache"),
    embedder,
    params: gateSchema.parse({ draws: 50, latency_ms: { models: 10_000, whole: 60_000 } }),
    seed: 1,
    isPerformanceAlarm: false,
    isFirst: false,
    earlierLooks: 0,
    quarantinedHashes: [],
    log: () => {},
    ...change,
  });

test("two bundles are scored through the serving code; what has no file could not run, and is no pass", async () => {
  const servingFolder = await otherBundle("serving", (manifest) => {
    manifest.scope_threshold = 0.99;
  });
  const report = await gate({ servingFolder, earlierLooks: 51 });
  expect(gateReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  expect(report).toMatchObject({ passed: false, comparedWith: "serving", labels: ["queue", "urgency"] });
  expect(report.holdoutHash).toMatch(/^[0-9a-f]{64}$/);
  const byName = Object.fromEntries(report.checks.map((check) => [check.name, check]));
  expect(byName["holdout, queue"]).toMatchObject({ status: "could_not_run" });
  expect(byName["recent window, queue"]?.why).toContain("collect first");
  expect(byName["Python against ONNX"]).toMatchObject({ status: "could_not_run" });
  expect(byName["Python against ONNX"]?.why).toContain("run the export stage first");
  expect(byName["plain trees"]?.status).toBe("could_not_run");
  expect(byName["golden questions"]?.status).toBe("passed");
  expect(byName.coverage?.numbers).toMatchObject({ rows: report.rows.holdout });
  expect(report.notes.join()).toContain("looked at 51 times before");
  expect(renderGateTable(report)).toMatch(/^REFUSED {3}\S+ against \S+: \d+ rows held out/);
});

test("the very same bundle, one in quarantine, and one that is no bundle are refused before any row is looked at", async () => {
  const same = await gate({ servingFolder: starter });
  expect(same).toMatchObject({ passed: false, holdoutHash: null, comparedWith: null });
  expect(same.reason).toContain("is the same bundle as the serving one");
  const { hash } = await loadBundle(readBundleFolder(starter));
  const quarantined = await gate({ quarantinedHashes: [hash] });
  expect(quarantined.reason).toContain("is in quarantine");
  const none = await gate({ candidateFolder: join(folder, "snapshot") });
  expect(none).toMatchObject({ passed: false, candidate: null, checks: [{ status: "failed" }] });
  const other = await otherBundle("other-features", (manifest) => {
    manifest.feature_hash = "0".repeat(64);
  });
  expect((await gate({ candidateFolder: other })).reason).toContain("was trained on features 000000000000");
  expect((await gate({ servingFolder: other })).checks).toMatchObject([
    { name: "bundle", status: "could_not_run" },
  ]);
  const otherVectors = await otherBundle("other-vectors", (manifest) => {
    manifest.embedder = "another embedder";
  });
  expect((await gate({ candidateFolder: otherVectors })).reason).toContain("another embedder");
});

test("golden questions of another desk are no pass, and say what to do", async () => {
  const file = join(folder, "golden.jsonl");
  const ask = (queue: string) => ({
    question: "My badge is lost",
    language: "en",
    queues: [queue],
    urgencies: ["low"],
  });
  await writeFile(file, `${JSON.stringify(ask("Badges"))}\n`);
  const { checks } = await gate({ goldenQuestionsFile: file });
  const check = checks.find(({ name }) => name === "golden questions");
  expect(check).toMatchObject({ status: "could_not_run", numbers: { withKnownQueue: 0 } });
  expect(check?.why).toContain("gate.golden_questions");
});

test("by hand: a refusal is a table, a report in a file, and exit code 2", async () => {
  const lines: string[] = [];
  const out = join(folder, "report.json");
  const openEmbedder = async () => ({ ...embedder, close: async () => {} });
  const deps = { root, openEmbedder, log: (line: string) => lines.push(line) };
  const args = ["--data-set", "starter", "--serving", starter, "--out", out];
  await expect(gateCommand(args, deps)).rejects.toMatchObject({ exitCode: 2 });
  expect(lines.join("\n")).toContain("REFUSED");
  expect(JSON.parse(await readFile(out, "utf8"))).toMatchObject({ passed: false });
  await expect(gateCommand(args.slice(2), deps)).rejects.toThrow("Missing: --data-set");
  const when = [...args, "--serving-trained-until", "yesterday"];
  await expect(gateCommand(when, deps)).rejects.toThrow("is a time such as");
});
