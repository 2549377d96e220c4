import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { CliError } from "../cli-error.ts";
import { push } from "../dvc/push.ts";
import type { GateReport } from "../gate/gate-report.ts";
import { changedFiles } from "../git/changed-files.ts";
import type { FileContent } from "../git/commit-files.ts";
import { fetchTip } from "../git/fetch-tip.ts";
import { type ListedCommit, listCommits } from "../git/list-commits.ts";
import { pushRefusedError } from "../git/push-commit.ts";
import { readFileAt } from "../git/read-file-at.ts";
import { commitMessage } from "./commit-message.ts";
import { differingPipelineFiles } from "./differing-pipeline-files.ts";
import { findPublished, trailerNames } from "./find-published.ts";
import { folderMd5 } from "./folder-md5.ts";
import { lockedMd5 } from "./lock-sections.ts";
import { pipelineDiffersError } from "./pipeline-differs-error.ts";
import { publishedPaths } from "./published-paths.ts";
import { isSameState, type PublishedState, publishedState } from "./published-state.ts";
import { type Composed, pushOntoTip, type RetryOptions } from "./push-onto-tip.ts";
import { spliceLock } from "./splice-lock.ts";
import type { WorkTree } from "./work-tree.ts";
import { writeModelCard } from "./write-model-card.ts";

export type PublishOptions = {
  readonly workTree: WorkTree;
  readonly dataSet: string;
  readonly cycleId: string;
  /** Of the bundle that the gate let pass: no other is published. */
  readonly bundleHash: string;
  readonly gate: GateReport;
  /** Why it was trained: one sentence. */
  readonly reason: string;
  readonly log: (line: string) => void;
  readonly retry?: RetryOptions;
};

/**
 * "already_published": an earlier run's push had arrived. "overtaken": somebody else has published a model since the clone was made; nothing of this one is on the
 * branch. Each `message` is for a person.
 */
export type Published =
  | {
      readonly outcome: "published" | "already_published";
      readonly commit: string;
      readonly modelVersion: string;
      readonly bundleHash: string;
    }
  | { readonly outcome: "overtaken"; readonly commit: string; readonly message: string };

/**
 * Publishes the trained model of a work tree: `dvc push`, the remote asked for every object, then one commit with dvc.lock's stages of the data set, the snapshot's pointer, metrics,
 * parameters and card, pushed on top of whatever the branch is at. Nothing else can be in that commit. May be called again after a kill at any point. Rejects with CliError:
 * where the storage or the git remote is not reached or refuses, where the branch's pipeline is another by now (exit code 2), where the bundle in the work tree is not the one
 * that passed the gate. A pointer is never on the branch without its data in the storage.
 */
export async function publishModel(options: PublishOptions): Promise<Published> {
  const { workTree, dataSet, cycleId, bundleHash, log } = options;
  const { git, base } = workTree;
  const found = await findPublished(git, await fetchTip(git), cycleId);
  if (found) return alreadyPublished(found);

  const model = await checkedModel(options);
  await writeModelCard({ ...options, manifest: model.manifest, bundleHash });
  await pushData(workTree, dataSet);
  log(`The storage holds model ${model.manifest.version} and its snapshot: every object was asked for.`);

  const before = await publishedState(git, base, dataSet);
  const result = await pushOntoTip<Published>(
    git,
    (tip) => compose(options, model, before, tip),
    options.retry,
  );
  if (result.outcome === "stopped") return result.stop;
  if (result.outcome === "refused") throw pushRefusedError(git, result.said);
  const outcome = result.outcome === "pushed" ? "published" : "already_published";
  return { outcome, commit: result.commit, modelVersion: model.manifest.version, bundleHash };
}

function alreadyPublished({ id, trailers }: ListedCommit): Published {
  const [modelVersion = "", bundleHash = ""] = [trailers[trailerNames.version], trailers[trailerNames.hash]];
  return { outcome: "already_published", commit: id, modelVersion, bundleHash };
}

type Model = Awaited<ReturnType<typeof checkedModel>>;

/** The bundle in the work tree, once it is sure that it is whole, the one of the gate, and the one of dvc.lock and metrics; and that nothing else was changed. */
async function checkedModel({ workTree, dataSet, bundleHash }: PublishOptions) {
  const paths = publishedPaths(dataSet);
  const at = (path: string) => join(workTree.root, path);
  const { manifest, hash } = await loadBundle(readBundleFolder(at(paths.bundle)));
  const lock = await readFile(at(paths.lock), "utf8");
  const metrics = await readFile(at(paths.metrics), "utf8");
  const problems = [
    hash !== bundleHash && `its hash is ${hash.slice(0, 12)}, the gate let ${bundleHash.slice(0, 12)} pass`,
    lockedMd5(lock, paths.bundle) !== (await folderMd5(at(paths.bundle))) && "dvc.lock names another content",
    !metrics.includes(bundleHash) && `${paths.metrics} is of another bundle`,
  ].filter(Boolean);
  if (problems.length > 0) {
    throw new CliError(
      `${paths.bundle} in ${workTree.root} is not what was proven: ${problems.join("; ")}. Nothing was published. Delete that folder: the next cycle trains anew.`,
    );
  }
  await refuseOtherChanges(workTree, dataSet);
  return { manifest, lock };
}

async function refuseOtherChanges({ git, root }: WorkTree, dataSet: string): Promise<void> {
  const paths = publishedPaths(dataSet);
  const expected = new Set<string>([paths.lock, ...paths.own, ...paths.ignores]);
  const others = (await changedFiles(git)).filter((path) => !expected.has(path));
  if (others.length === 0) return;
  throw new CliError(
    `Files changed in ${root} that a cycle never changes: ${others.slice(0, 5).join(", ")}${others.length > 5 ? ` and ${others.length - 5} more` : ""}. ` +
      "The model could not be made again from the branch, and nothing was published. Delete that folder: the next cycle trains anew.",
    { exitCode: 2 },
  );
}

async function pushData({ root, env, git }: WorkTree, dataSet: string): Promise<void> {
  const { bundle, snapshot } = publishedPaths(dataSet);
  const { announce, isDryRun, signal } = git;
  const dry = { ...(announce ? { announce } : {}), ...(isDryRun ? { isDryRun } : {}) };
  await push({ root, env, targets: [bundle, snapshot], ...dry, ...(signal ? { signal } : {}) });
}

/** What the commit on top of `tip` is, or why there shall be none. Asked anew for each tip: the branch may have moved to anywhere. */
async function compose(
  options: PublishOptions,
  model: Model,
  before: PublishedState,
  tip: string,
): Promise<Composed<Published>> {
  const { git, imageRoot } = options.workTree;
  const found = await findPublished(git, tip, options.cycleId);
  if (found) return { stop: alreadyPublished(found) };
  const now = await publishedState(git, tip, options.dataSet);
  if (!isSameState(before, now)) return { stop: await overtaken(options, now) };
  const differing = await differingPipelineFiles(imageRoot, git, tip);
  if (differing.length > 0) throw pipelineDiffersError(git.branch, differing);
  return { files: await filesOnto(options, model, now), message: messageOf(options, model) };
}

async function overtaken(
  { workTree: { git }, dataSet }: PublishOptions,
  now: PublishedState,
): Promise<Published> {
  const { lock, own } = publishedPaths(dataSet);
  const [last] = await listCommits(git, now.commit, { paths: [lock, ...own] });
  const what = now.version === null ? `no model of ${dataSet}` : `model ${now.version}`;
  const message =
    `Since this training began the branch has changed what it publishes: ${what} now, by ${last?.author ?? "somebody"} in ${(last?.id ?? now.commit).slice(0, 12)} ` +
    `("${last?.subject ?? ""}"). The candidate was compared with another model, so it is not published.`;
  return { outcome: "overtaken", commit: last?.id ?? now.commit, message };
}

async function filesOnto(
  { workTree, dataSet }: PublishOptions,
  model: Model,
  now: PublishedState,
): Promise<Map<string, FileContent>> {
  const paths = publishedPaths(dataSet);
  const files = new Map<string, FileContent>([[paths.lock, spliceLock(now.lock, model.lock, dataSet)]]);
  for (const path of paths.own) files.set(path, await readFile(join(workTree.root, path), "utf8"));
  for (const path of paths.ignores) {
    const ours = await readFile(join(workTree.root, path), "utf8").catch(() => null);
    const theirs = await readFileAt(workTree.git, now.commit, path);
    const lines = (theirs ?? "").split("\n").filter(Boolean);
    const more = (ours ?? "").split("\n").filter((line) => line && !lines.includes(line));
    if (more.length > 0) files.set(path, `${[...lines, ...more].join("\n")}\n`);
  }
  return files;
}

function messageOf(
  { dataSet, cycleId, bundleHash, reason, gate }: PublishOptions,
  { manifest }: Model,
): string {
  const { metrics } = manifest;
  const figures = `Queue weighted F1 ${metrics.queue_weighted_f1 ?? "not measured"}, urgency ${metrics.urgency_weighted_f1 ?? "not measured"} on the holdout.`;
  return commitMessage(
    `Publish model ${manifest.version} of ${dataSet}`,
    `${reason} ${figures} Gate: ${gate.reason}`,
    {
      [trailerNames.cycle]: cycleId,
      [trailerNames.version]: manifest.version,
      [trailerNames.hash]: bundleHash,
    },
  );
}
