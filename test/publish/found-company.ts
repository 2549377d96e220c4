import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { bundleHash } from "../../shared/src/bundle/bundle-hash.ts";
import { manifestSchema } from "../../shared/src/bundle/manifest.ts";
import { parseTrainerConfig, type TrainerConfig } from "../../trainer/src/config.ts";
import { writeRemoteConfig } from "../../trainer/src/dvc/write-remote-config.ts";
import type { GateReport } from "../../trainer/src/gate/gate-report.ts";
import { runProcess } from "../../trainer/src/processes/run-process.ts";
import { prepareWorkTree } from "../../trainer/src/publish/prepare-work-tree.ts";
import type { PublishOptions } from "../../trainer/src/publish/publish-model.ts";
import type { WorkTree } from "../../trainer/src/publish/work-tree.ts";
import { pythonEnv, root } from "../training/python-env.ts";
import { type RunningS3, startS3 } from "../training/start-s3.ts";

/** A model that was trained in a work tree: its bundle is real, only its thresholds are made up. */
export type Trained = { readonly version: string; readonly hash: string };

/**
 * What publishing needs around it, all of it real: a bare repository as the git remote, a storage that speaks S3, a small pipeline of DVC, and the "image" whose code it is.
 */
export type Company = Desk & {
  readonly folder: string;
  readonly imageRoot: string;
  readonly s3: RunningS3;
  readonly env: Record<string, string>;
  readonly logged: string[];
  readonly log: (line: string) => void;
  /** A copy of the git remote as it is now, and of the work tree, which publishes there. The storage is the company's, or an empty one of the fork's name. */
  fork(
    name: string,
    tree: WorkTree,
    storage?: { readonly isOwn: true; readonly endpointUrl?: string },
  ): Promise<Desk & { readonly tree: WorkTree }>;
  train(tree: WorkTree, model: { version: string; threshold: number }): Promise<Trained>;
  publishOptions(tree: WorkTree, cycleId: string, trained: Trained): PublishOptions;
  run(cwd: string, program: string, ...args: string[]): Promise<string>;
  close(): Promise<void>;
};

/** One git remote, and what people and a cycle do with it. */
export type Desk = {
  readonly remote: string;
  readonly config: TrainerConfig;
  /** Clones into scratch/`name`, or takes up the clone that is there. */
  prepare(name: string): Promise<WorkTree>;
  /** git in the remote. */
  git(...args: string[]): Promise<string>;
  /** Files that a commit changed. */
  changedBy(commit: string): Promise<string[]>;
  readOnBranch(path: string): Promise<string>;
  /** Pushes a commit of somebody else that writes these files. */
  pushAsColleague(files: Readonly<Record<string, string>>, subject?: string): Promise<string>;
};

const pipeline = `stages:
  export:
    foreach: [starter]
    do:
      cmd: mkdir -p models && cp -R data/\${item}/candidate models/\${item}
      deps:
        - data/\${item}/candidate
      outs:
        - models/\${item}:
            cache: false
  export-to-dvc:
    foreach: [current]
    do:
      cmd: mkdir -p models && cp -R candidate models/\${item}
      deps:
        - data/\${item}/snapshot
      params:
        - \${item}.train
      outs:
        - models/\${item}
`;

/** DVC writes the two equal blocks as an anchor and an alias. */
const params = "current: { train: { queue: &trees { eta: 0.05 }, urgency: *trees } }\nstarter: { seed: 1 }\n";

export async function foundCompany(): Promise<Company> {
  const folder = await mkdtemp(join(tmpdir(), "publish-"));
  const python = await pythonEnv();
  const s3 = await startS3(python, folder);
  const env: Record<string, string> = {
    ...python,
    ...s3.credentials,
    AWS_ENDPOINT_URL: s3.url,
    HOME: folder,
  };
  const imageRoot = join(folder, "image");
  const gitEnv = {
    PATH: env.PATH ?? "",
    HOME: folder,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
  const identity = ["-c", "user.name=A colleague", "-c", "user.email=colleague@example.org"];
  const run = async (cwd: string, program: string, ...args: string[]) => {
    const childEnv = program === "git" ? gitEnv : env;
    const answer = await runProcess(program, args, {
      cwd,
      env: childEnv,
      timeoutMs: 300_000,
      output: "capture",
    });
    expect([program, ...args, answer.exitCode]).toEqual([program, ...args, 0]);
    return answer.stdout.trim();
  };
  const gitIn = (cwd: string, ...args: string[]) => run(cwd, "git", ...identity, ...args);
  const logged: string[] = [];
  const log = (line: string) => {
    logged.push(line);
  };

  const close = async () => {
    await s3.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const found = async () => {
    await writeSeed(imageRoot);
    await gitIn(imageRoot, "init", "--quiet", "--initial-branch=main");
    await run(imageRoot, "dvc", "init", "--quiet");
    await run(imageRoot, "dvc", "repro", "--quiet", "export@starter");
    await gitIn(imageRoot, "add", ".");
    await gitIn(imageRoot, "commit", "--quiet", "-m", "The product");
    await gitIn(folder, "clone", "--quiet", "--bare", imageRoot, join(folder, "remote.git"));
    // An image is no repository.
    for (const path of [".git", ".dvc"]) await rm(join(imageRoot, path), { recursive: true });
    await mkdir(join(imageRoot, "node_modules"));
  };
  await found().catch(async (error: unknown) => {
    await close();
    throw error;
  });

  let colleagues = 0;
  const openDesk = (remote: string, storage: string, endpointUrl: string): Desk => {
    const config = parseTrainerConfig({
      GIT_REMOTE_URL: remote,
      DVC_REMOTE_URL: `s3://bucket/${storage}`,
      AWS_ENDPOINT_URL: endpointUrl,
      SCRATCH_DIR: join(folder, "scratch"),
    });
    const git = (...args: string[]) => gitIn(remote, ...args);
    return {
      remote,
      config,
      git,
      prepare: (name) =>
        prepareWorkTree({
          config,
          folder: join(folder, "scratch", name),
          imageRoot,
          dataSet: "current",
          env,
          log,
        }),
      changedBy: async (commit) =>
        (await git("diff-tree", "-r", "--name-only", "--no-commit-id", commit)).split("\n"),
      readOnBranch: (path) => git("show", `main:${path}`),
      pushAsColleague: async (files, subject = "A colleague's work") => {
        const clone = join(folder, `colleague-${colleagues++}`);
        await gitIn(folder, "clone", "--quiet", remote, clone);
        await write(clone, files);
        await gitIn(clone, "add", "--force", ...Object.keys(files));
        await gitIn(clone, "commit", "--quiet", "-m", subject);
        await gitIn(clone, "push", "--quiet");
        return gitIn(clone, "rev-parse", "HEAD");
      },
    };
  };
  return {
    ...openDesk(join(folder, "remote.git"), "dvc", s3.url),
    folder,
    imageRoot,
    s3,
    env,
    logged,
    log,
    fork: async (name, tree, storage) => {
      const desk = openDesk(
        join(folder, `${name}.git`),
        storage ? name : "dvc",
        storage?.endpointUrl ?? s3.url,
      );
      await cp(join(folder, "remote.git"), desk.remote, { recursive: true });
      const to = join(folder, "scratch", name);
      await cp(tree.root, to, { recursive: true, verbatimSymlinks: true });
      await writeRemoteConfig(to, desk.config.dvc);
      return { ...desk, tree: { ...tree, root: to, git: { ...tree.git, cwd: to, remote: desk.remote } } };
    },
    train: async (tree, model) => {
      const trained = await writeCandidate(tree.root, model);
      await run(tree.root, "dvc", "add", "--quiet", "data/current/snapshot");
      await run(tree.root, "dvc", "repro", "--quiet", "--force", "export-to-dvc@current");
      return trained;
    },
    publishOptions: (workTree, cycleId, { version, hash }) => ({
      workTree,
      dataSet: "current",
      cycleId,
      bundleHash: hash,
      gate: gateReport(version, hash),
      reason: "Topics moved: 12 % of the tickets are of a new kind.",
      log,
      retry: { attempts: 4, waitMs: 10 },
    }),
    run,
    close,
  };
}

async function writeSeed(imageRoot: string): Promise<void> {
  await write(imageRoot, {
    "dvc.yaml": pipeline,
    "params.yaml": params,
    "package-lock.json": "{}\n",
    "shared/package.json": "{}\n",
    "shared/src/text/clean.ts": "export const clean = 1;\n",
    "shared/src/text/clean.test.ts": "// a test\n",
    "trainer/package.json": "{}\n",
    "trainer/src/cli.ts": "console.log(1);\n",
    "trainer/python/train.py": "print(1)\n",
    "data/starter/candidate/manifest.json": "{}\n",
    ".gitignore": "node_modules/\n/candidate/\n",
  });
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** The starter's bundle under another version and with another threshold, a snapshot, and the metrics and parameters that the pipeline would write. */
async function writeCandidate(
  tree: string,
  { version, threshold }: { version: string; threshold: number },
): Promise<Trained> {
  const starter = manifestSchema.parse(
    JSON.parse(await readFile(join(root, "models/starter/manifest.json"), "utf8")),
  );
  const [queue = ""] = starter.labels.queue;
  const thresholds = { ...starter.thresholds, queue: { ...starter.thresholds.queue, [queue]: threshold } };
  const manifest = { ...starter, version, thresholds };
  const hash = await bundleHash(manifest);
  await rm(join(tree, "candidate"), { recursive: true, force: true });
  await cp(join(root, "models/starter"), join(tree, "candidate"), { recursive: true });
  const metrics = JSON.parse(await readFile(join(root, "models/starter.metrics.json"), "utf8"));
  const description = {
    data_set: "current",
    row_count: 10,
    group_count: 9,
    splits: { train: 7, calibration: 1, holdout: 2 },
    queues: { [queue]: 10 },
    urgencies: { low: 10 },
    languages: { en: 10 },
    time: { first: "2026-01-02T03:04:05Z", last: "2026-11-01T00:00:00Z" },
  };
  await write(tree, {
    "candidate/manifest.json": JSON.stringify(manifest),
    "data/current/snapshot/rows.jsonl": `{"text":"a ticket's own words, of ${version}"}\n`,
    "data/current/snapshot/snapshot.json": JSON.stringify(description),
    "models/current.metrics.json": JSON.stringify({
      ...metrics,
      bundle: { ...metrics.bundle, version, hash },
    }),
    "models/current.best-params.json": `{"of":"${version}"}\n`,
  });
  return { version, hash };
}

function gateReport(version: string, hash: string): GateReport {
  return {
    passed: true,
    reason: "Both keys turn.",
    candidate: { version, hash },
    serving: { version: "1.0-starter", hash: "0".repeat(64) },
    comparedWith: "serving",
    checks: [{ key: 1, name: "weighted F1", status: "passed", why: "queue .79, floor .70", numbers: {} }],
    labels: ["queue", "urgency"],
    rows: { holdout: 654, recent: 0, recentTickets: 0, recentBlind: 0, feedbackLeftOut: 0 },
    holdoutHash: "1".repeat(64),
    earlierLooks: 0,
    trainedUntil: null,
    notes: [],
  };
}
