// dvc.yaml against the code: every module that a stage imports is under one of its deps, and a changed parameter re-runs the stages
// that read it and those after them, and nothing else. Asked of the real DVC, on a copy of the pipeline with files of one line.
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { quietEnv } from "./processes/quiet-env.ts";
import { runProcess } from "./processes/run-process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const env = quietEnv(
  Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? ""])),
);

const stageSchema = z.object({
  foreach: z.unknown(),
  do: z.object({ cmd: z.string(), deps: z.array(z.string()), params: z.array(z.string()).optional() }),
});
const pipelineSchema = z.object({ stages: z.record(z.string(), stageSchema) });

/** What a stage imports and its output does not depend on: the database (a stage reads files), messages, progress. */
const notRun = [
  "shared/src/database",
  "trainer/src/database",
  "trainer/src/cli-error.ts",
  "shared/src/node/start-progress.ts",
];

const readPipeline = async () =>
  pipelineSchema.parse(parse(await readFile(join(root, "dvc.yaml"), "utf8"), { merge: true }));

test("every module that a stage imports is under one of its deps", async () => {
  const { stages } = await readPipeline();
  const missing: string[] = [];
  for (const [name, { do: stage }] of Object.entries(stages)) {
    const script = /python (trainer\/python\/\S+\.py)/.exec(stage.cmd)?.[1];
    const typescript = /cli\.ts (\w+)/.exec(stage.cmd)?.[1];
    const modules = script
      ? await pythonModules(script)
      : await typescriptModules(`trainer/src/stages/${typescript}/${typescript}.ts`);
    expect(modules.length).toBeGreaterThan(1);
    const known = [...stage.deps, ...notRun];
    const isKnown = (module: string) =>
      known.some((path) => module === path || module.startsWith(`${path}/`));
    missing.push(...modules.filter((module) => !isKnown(module)).map((module) => `${name}: ${module}`));
  }
  expect(missing).toEqual([]);
});

test("every dep that is a file of the repository is there", async () => {
  const { stages } = await readPipeline();
  const deps = Object.values(stages).flatMap((stage) => stage.do.deps);
  const files = deps.filter((dep) => !dep.includes("$") && !dep.startsWith("build/"));
  expect(files.filter((dep) => !existsSync(join(root, dep)))).toEqual([]);
});

async function pythonModules(script: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(script)) return [];
  seen.add(script);
  const text = await readFile(join(root, script), "utf8");
  for (const [, name] of text.matchAll(/^(?:from|import) (\w+)/gm)) {
    const path = `trainer/python/${name}.py`;
    if (existsSync(join(root, path))) await pythonModules(path, seen);
  }
  return [...seen];
}

/** The modules that run: an `import type`, and a name imported as a type alone, is erased. */
async function typescriptModules(path: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(path)) return [];
  seen.add(path);
  if (notRun.some((folder) => path.startsWith(`${folder}/`))) return [...seen];
  const text = await readFile(join(root, path), "utf8");
  for (const [, names = "", from = ""] of text.matchAll(/^import (?!type )([^;]*?)from "([^"]+)";/gms)) {
    const inBraces = /^\{([\s\S]*)\}\s*$/
      .exec(names.trim())?.[1]
      ?.split(",")
      .map((name) => name.trim())
      .filter(Boolean);
    if (inBraces?.every((name) => name.startsWith("type "))) continue;
    const target = from.startsWith(".")
      ? relative(root, join(root, dirname(path), from))
      : from.startsWith("@support-it-agent/shared/")
        ? `${from.replace("@support-it-agent/shared/", "shared/src/")}.ts`
        : undefined;
    if (target) await typescriptModules(target, seen);
  }
  return [...seen];
}

let folder: string;
let dvc: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipeline-"));
  const made = await runProcess("scripts/lib/python-env.sh", [], {
    cwd: root,
    env,
    timeoutMs: 900_000,
    output: "capture",
  });
  expect(made.exitCode).toBe(0);
  dvc = join(dirname(made.stdout.trim()), "dvc");
  await runDvc("init", "--no-scm", "--quiet");
  await Promise.all(["dvc.yaml", "params.yaml"].map((name) => cp(join(root, name), join(folder, name))));
  // Every file and folder that the pipeline names, and a lock that says they are what the stages last saw.
  const { stages } = await readPipeline();
  const deps = Object.values(stages).flatMap(({ do: stage }) =>
    stage.deps.map((dep) => fill(dep, "starter")),
  );
  deps.sort((a, b) => b.length - a.length); // what is inside a folder before the folder
  const outs = ["models/starter.metrics.json", "build/starter/evaluation/report.html"];
  for (const path of [...deps, ...outs]) await put(path);
  const plots = /build\/\$\{key\}\/plots\/[\w-]+\.csv/g;
  for (const [out] of (await readFile(join(folder, "dvc.yaml"), "utf8")).matchAll(plots))
    await put(fill(out, "starter"));
  await runDvc("commit", "--force", "--quiet", "evaluate@starter", "--with-deps");
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What DVC's ${key}, ${item} and ${item.snapshot} stand for. */
const fill = (path: string, key: string) =>
  path.replace(/\$\{([\w.]+)\}/g, (_, name) => (name === "item.snapshot" ? `build/${key}/snapshot` : key));

async function put(path: string): Promise<void> {
  if (existsSync(join(folder, path))) return;
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), `${path}\n`);
}

async function runDvc(...args: string[]): Promise<string> {
  const { exitCode, stdout } = await runProcess(dvc, args, {
    cwd: folder,
    env,
    timeoutMs: 120_000,
    output: "capture",
  });
  expect([args[0], exitCode]).toEqual([args[0], 0]);
  return stdout;
}

/** The stages whose own parameters or code changed since the lock. */
async function changedStages(): Promise<string[]> {
  const status = z
    .record(z.string(), z.array(z.unknown()))
    .parse(JSON.parse(await runDvc("status", "--json", "evaluate@starter", "--with-deps")));
  return Object.keys(status).sort();
}

test("nothing changed, nothing runs; a data set that is not there is in nobody's way", async () => {
  expect(await changedStages()).toEqual([]);
}, 180_000);

test.each<[string, string[], unknown, string[]]>([
  ["export.precision.queue", ["export", "precision", "queue"], 0.75, ["export@starter"]],
  ["tune.trials", ["tune", "trials"], 7, ["tune@starter"]],
  ["train.folds", ["train", "folds"], 4, ["export@starter", "train@starter", "tune@starter"]],
  [
    "snapshot.min_rows_per_class",
    ["snapshot", "min_rows_per_class"],
    90,
    ["export@starter", "snapshot@starter"],
  ],
  ["seed", ["seed"], 1, ["export@starter", "snapshot@starter", "train@starter", "tune@starter"]],
])(
  "%s re-runs the stages that read it",
  async (_, path, value, stages) => {
    const file = join(folder, "params.yaml");
    const before = await readFile(file, "utf8");
    const content = parse(before);
    let block = content.starter;
    for (const key of path.slice(0, -1)) block = block[key];
    block[path.at(-1) ?? ""] = value;
    await writeFile(file, stringify(content));
    expect(await changedStages()).toEqual(stages);
    await writeFile(file, before);
  },
  180_000,
);

test("the other data set's parameters re-run nothing of this one", async () => {
  const file = join(folder, "params.yaml");
  const before = await readFile(file, "utf8");
  const content = parse(before);
  await writeFile(
    file,
    stringify({ ...content, current: { ...content.current, seed: 1, train: { folds: 9 } } }),
  );
  expect(await changedStages()).toEqual([]);
  await writeFile(file, before);
}, 180_000);
