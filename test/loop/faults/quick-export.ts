// Stands in for the export stage: the starter's bundle with thresholds of its own, which depend on the snapshot's rows, so that other tickets give another bundle; the
// second seed's; and the raw probabilities that Python would have written down, by the serving code. The seed 13 gives a model whose queues are mixed up.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import {
  Field as ArrowField,
  type Field,
  Float32,
  List,
  Table,
  tableToIPC,
  vectorFromArray,
} from "apache-arrow";
import { parse } from "yaml";
import { loadBundle } from "../../../shared/src/bundle/load-bundle.ts";
import { type Manifest, manifestSchema } from "../../../shared/src/bundle/manifest.ts";
import type { Classification } from "../../../shared/src/classifier/classifier.ts";
import { createWorkerEmbedder } from "../../../shared/src/node/embedder/create-worker-embedder.ts";
import { readBundleFolder } from "../../../shared/src/node/read-bundle-folder.ts";
import "../../../shared/src/node/without-telemetry.ts";
import { readJsonLines } from "../../../trainer/src/files/read-json-lines.ts";
import { classifyFeatures } from "../../../trainer/src/stages/evaluate/classify-features.ts";
import { textFeatures } from "../../../trainer/src/stages/evaluate/text-features.ts";
import { snapshotRowSchema } from "../../../trainer/src/stages/snapshot/snapshot-row.ts";

const unluckySeed = 13;

const { values } = parseArgs({ options: { "data-set": { type: "string" }, params: { type: "string" } } });
const { "data-set": dataSet = "", params: paramsFile = "" } = values;
const { seed } = parse(await readFile(paramsFile, "utf8"))[dataSet];
const rowsFile = `data/${dataSet}/snapshot/rows.jsonl`;
const digest = createHash("md5")
  .update(await readFile(rowsFile))
  .digest("hex");
const rows = await readJsonLines(rowsFile, snapshotRowSchema);

const starter = manifestSchema.parse(JSON.parse(await readFile("models/starter/manifest.json", "utf8")));
const candidate = await writeBundle(`models/${dataSet}`, digest.slice(0, 6));
await writeBundle(`build/${dataSet}/second-seed-bundle`, digest.slice(6, 12));

const raw = { method: "temperature", value: 1 } as const;
const uncalibrated: Manifest = { ...candidate, calibration: { queue: raw, urgency: raw, scope: raw } };
const bundle = await loadBundle(async (name) =>
  name === "manifest.json"
    ? new TextEncoder().encode(JSON.stringify(uncalibrated))
    : readBundleFolder(`models/${dataSet}`)(name),
);
const embedder = await createWorkerEmbedder({ modelDir: process.env.MODEL_DIR ?? "", workers: 1 });
const texts = rows.map(({ text }) => text);
const features = await textFeatures(texts, embedder, process.env.EMBEDDING_CACHE_DIR ?? "");
await embedder.close();
const said = await classifyFeatures(bundle, features);
await writePredictions(`build/${dataSet}/python-predictions.arrow`, said);

async function writeBundle(folder: string, digits: string): Promise<Manifest> {
  const share = Number.parseInt(digits, 16) / 0xffffff;
  const queues = starter.labels.queue;
  const labels = seed === unluckySeed ? [...queues.slice(1), queues[0] ?? ""] : queues;
  const [first = ""] = queues;
  const manifest: Manifest = {
    ...starter,
    version: `2026.11.22-${digits}`,
    labels: { ...starter.labels, queue: labels },
    lexical: {
      ...starter.lexical,
      heads: starter.lexical.heads.map((head) => (head.name === "queue" ? { ...head, labels } : head)),
    },
    thresholds: {
      ...starter.thresholds,
      queue: { ...starter.thresholds.queue, [first]: 0.6 + 0.1 * share },
    },
    lineage: { ...starter.lineage, data_md5: `${digest}.dir`, seed },
  };
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await cp("models/starter", folder, { recursive: true });
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return manifest;
}

async function writePredictions(path: string, answers: readonly Classification[]): Promise<void> {
  const item: Field<Float32> = new ArrowField("item", new Float32());
  const lists = (values: number[][]) => vectorFromArray(values, new List(item));
  const { queue, urgency } = candidate.labels;
  const table = new Table({
    id: vectorFromArray(rows.map(({ id }) => id)),
    queue: lists(answers.map((answer) => queue.map((label) => answer.queue.probabilities[label] ?? 0))),
    urgency: lists(answers.map((answer) => urgency.map((label) => answer.urgency.probabilities[label]))),
    scope: lists(answers.map(({ outOfScope }) => [1 - outOfScope.probability, outOfScope.probability])),
  });
  await writeFile(path, tableToIPC(table, "file"));
}
