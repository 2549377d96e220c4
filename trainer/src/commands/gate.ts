import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { writeFileWhole } from "../files/write-file-whole.ts";
import { renderGateTable } from "../gate/render-gate-table.ts";
import { runGate } from "../gate/run-gate.ts";
import { readParams } from "../params.ts";
import { runFilesOf } from "../tracking/run-files-of.ts";

export const gateUsage = `  gate      --data-set NAME --serving FOLDER|none --out FILE.json [--candidate FOLDER] [--first] [--performance-alarm]
            [--snapshot FOLDER] [--second-seed FOLDER] [--model FOLDER] [--python-predictions FILE.arrow] [--baseline FILE.json]
            [--golden-questions FILE.jsonl] [--params FILE] [--serving-trained-until TIME]
            Whether a trained bundle may take the place of the serving one (docs/gate.md): a table, and the report as JSON. Exit code 2
            is a refusal. What is not named is where ./scripts/train left it.`;

export type GateCommandDeps = {
  readonly root: string;
  readonly openEmbedder: () => Promise<Embedder>;
  readonly log: (line: string) => void;
};

const timeSchema = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString());

/** `trainer gate`: judges by hand. Rejects with CliError, exit code 2, where the candidate is refused; the report is written all the same. */
export async function gateCommand(
  args: readonly string[],
  { root, openEmbedder, log }: GateCommandDeps,
): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const { "data-set": dataSet, serving, out } = values;
  if (!dataSet || !serving || !out)
    throw new CliError(`Missing: --data-set, --serving or --out\n\n${gateUsage}`);
  const until = values["serving-trained-until"];
  const servingTrainedUntil = until === undefined ? null : timeSchema.safeParse(until).data;
  if (servingTrainedUntil === undefined)
    throw new CliError("--serving-trained-until is a time such as 2026-11-22T08:00:00Z.");
  const files = runFilesOf(dataSet, root);
  const build = join(root, `build/${dataSet}`);
  const params = await readParams(values.params ?? files.paramsFile, dataSet);
  const embedder = await openEmbedder();
  const report = await runGate({
    candidateFolder: resolve(values.candidate ?? files.bundleFolder),
    secondSeedFolder: resolve(values["second-seed"] ?? join(build, "second-seed-bundle")),
    servingFolder: serving === "none" ? null : resolve(serving),
    snapshotFolder: resolve(values.snapshot ?? files.snapshotFolder),
    pythonPredictionsFile: resolve(values["python-predictions"] ?? join(build, "python-predictions.arrow")),
    baselineFile: resolve(values.baseline ?? join(build, "baseline.json")),
    modelFolder: resolve(values.model ?? join(build, "model")),
    goldenQuestionsFile: values["golden-questions"]
      ? resolve(values["golden-questions"])
      : resolve(root, params.gate.golden_questions),
    servingTrainedUntil,
    cacheFolder: join(root, ".cache/embeddings"),
    embedder,
    params: params.gate,
    seed: params.seed,
    isPerformanceAlarm: values["performance-alarm"],
    isFirst: values.first,
    earlierLooks: 0,
    quarantinedHashes: [],
    log,
  }).finally(() => embedder.close());
  await writeFileWhole(out, `${JSON.stringify(report, null, 2)}\n`);
  log(renderGateTable(report));
  if (!report.passed)
    throw new CliError(`The candidate does not ship; ${out} has every number.`, { exitCode: 2 });
}

const options = {
  "data-set": { type: "string" },
  serving: { type: "string" },
  out: { type: "string" },
  candidate: { type: "string" },
  first: { type: "boolean", default: false },
  "performance-alarm": { type: "boolean", default: false },
  snapshot: { type: "string" },
  "second-seed": { type: "string" },
  model: { type: "string" },
  "python-predictions": { type: "string" },
  baseline: { type: "string" },
  "golden-questions": { type: "string" },
  params: { type: "string" },
  "serving-trained-until": { type: "string" },
} as const;
