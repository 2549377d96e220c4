import { lstat, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import type { TrainerConfig } from "../config.ts";
import { pull } from "../dvc/pull.ts";
import { writeRemoteConfig } from "../dvc/write-remote-config.ts";
import { writeFileWhole } from "../files/write-file-whole.ts";
import { clearStaleLocks } from "../git/clear-stale-locks.ts";
import { clone } from "../git/clone.ts";
import { headCommit } from "../git/head-commit.ts";
import { openGitPlace } from "../git/open-git-place.ts";
import { readFileAt } from "../git/read-file-at.ts";
import { differingPipelineFiles } from "./differing-pipeline-files.ts";
import { lockedMd5 } from "./lock-sections.ts";
import { ownSnapshotFile } from "./own-snapshot-file.ts";
import { pipelineDiffersError } from "./pipeline-differs-error.ts";
import { publishedPaths } from "./published-paths.ts";
import type { WorkTree } from "./work-tree.ts";

export type PrepareWorkTreeOptions = {
  readonly config: Pick<TrainerConfig, "git" | "dvc">;
  /** Where the clone is, or shall be; one for each cycle. */
  readonly folder: string;
  readonly imageRoot: string;
  readonly dataSet: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly log: (line: string) => void;
  /** Prints each command that would run; nothing is cloned. */
  readonly isDryRun?: boolean;
};

/**
 * A clone of the configured branch in `folder`, or the one that is there whole from an earlier run; with the DVC remote's address, the running program's packages, and what the branch
 * has published for the data set. Rejects with CliError where the remote or the storage is not reached, and, with exit code 2, where the clone's
 * pipeline is not the running one. Called again it goes on where it was.
 */
export async function prepareWorkTree(options: PrepareWorkTreeOptions): Promise<WorkTree> {
  const { config, imageRoot, dataSet, log, isDryRun = false } = options;
  const folder = resolve(options.folder);
  const shared = { git: config.git, env: options.env, ...(options.signal ? { signal: options.signal } : {}) };
  const dry = isDryRun ? { announce: log, isDryRun } : {};
  if (!config.git.remoteUrl) throw new CliError(noRemoteUrl, { exitCode: 2 });

  const isResumed = await isWholeClone(folder, config.git.branch);
  if (!isResumed) await cloneWhole(folder, (cwd) => openGitPlace({ ...shared, ...dry, cwd }), isDryRun);
  const git = openGitPlace({ ...shared, ...dry, cwd: isDryRun && !isResumed ? imageRoot : folder });
  if (isDryRun && !isResumed) {
    log(
      "(then, in the clone: compare the pipeline with the running one, and dvc pull what the branch has published)",
    );
    return {
      root: folder,
      imageRoot,
      git,
      env: options.env,
      base: "",
      isResumed,
      had: { snapshot: false, model: false },
    };
  }
  if (isResumed && !isDryRun) await clearStaleLocks(folder);

  const base = await headCommit(git);
  const differing = await differingPipelineFiles(imageRoot, git, base);
  if (differing.length > 0) throw pipelineDiffersError(config.git.branch, differing);
  if (!isDryRun) {
    await writeRemoteConfig(folder, config.dvc);
    await linkPackages(folder, imageRoot);
  }
  const env = withoutTokens(options.env);
  const tree = { root: folder, imageRoot, git, env, base, isResumed };
  return {
    ...tree,
    had: await fetchPublished({ ...tree, had: { snapshot: false, model: false } }, dataSet, log),
  };
}

const noRemoteUrl =
  "GIT_REMOTE_URL is not set: a cycle publishes pointers to a branch of that repository, and trains in a clone of it. Set it to an address that git can clone and push to " +
  "(https with GIT_TOKEN, ssh with GIT_SSH_COMMAND, or a path), then run this again.";

/** Written last, inside of .git: a clone that has it is whole. */
const wholeSchema = z.object({ branch: z.string() });
const wholeFile = (folder: string) => join(folder, ".git/support-it-agent.json");

async function isWholeClone(folder: string, branch: string): Promise<boolean> {
  const written = await readFile(wholeFile(folder), "utf8").catch(() => null);
  if (written === null) return false;
  const parsed = wholeSchema.safeParse(JSON.parse(written)).data;
  return parsed?.branch === branch;
}

async function cloneWhole(
  folder: string,
  openPlace: (cwd: string) => ReturnType<typeof openGitPlace>,
  isDryRun: boolean,
): Promise<void> {
  const part = `${folder}.part`;
  if (!isDryRun) {
    for (const left of [part, folder]) await rm(left, { recursive: true, force: true });
    await mkdir(dirname(folder), { recursive: true });
  }
  const place = openPlace(isDryRun ? process.cwd() : dirname(folder));
  await clone(place, isDryRun ? folder : basename(part));
  if (isDryRun) return;
  await writeFileWhole(wholeFile(part), JSON.stringify({ branch: place.branch }));
  await rename(part, folder);
}

/** The clone's packages are the running program's, and so are the embedder's weights where they lie beside it. */
async function linkPackages(folder: string, imageRoot: string): Promise<void> {
  const workspaces = ["", "shared/", "trainer/"].map((workspace) => `${workspace}node_modules`);
  for (const path of [...workspaces, ".cache/models"]) {
    const target = join(imageRoot, path);
    if (!(await exists(target)) || (await lstat(join(folder, path)).catch(() => null)) !== null) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
  // .gitignore has the folder node_modules; here it is a link.
  await writeFileWhole(join(folder, ".git/info/exclude"), "node_modules\n");
}

/** What only git and GitHub need is not for the programs that train. */
function withoutTokens(env: Readonly<Record<string, string>>): Record<string, string> {
  const hidden = /^(GIT_|GITHUB_|SUPPORT_IT_AGENT_KEY$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.test(name)));
}

async function fetchPublished(
  tree: WorkTree,
  dataSet: string,
  log: (line: string) => void,
): Promise<WorkTree["had"]> {
  const paths = publishedPaths(dataSet);
  const pointer = await readFileAt(tree.git, tree.base, `${paths.snapshot}.dvc`);
  const lock = await readFileAt(tree.git, tree.base, paths.lock);
  const had = { snapshot: pointer !== null, model: lockedMd5(lock, paths.bundle) !== null };
  if (!had.snapshot)
    log(`The branch has no snapshot of ${dataSet} yet: this training draws its holdout anew.`);
  if (!had.model) log(`The branch has no model of ${dataSet} yet: the starter serves.`);
  const wanted = [...(had.snapshot ? [paths.snapshot] : []), ...(had.model ? [paths.bundle] : [])];
  if (wanted.length === 0 || (await exists(ownSnapshotFile(tree.root)))) return had;
  const { announce, isDryRun, signal } = tree.git;
  const dry = { ...(announce ? { announce } : {}), ...(isDryRun ? { isDryRun } : {}) };
  if (!isDryRun) {
    // What a killed run had fetched or begun to take may be half of it: without the branch's rows the holdout would be drawn anew.
    for (const path of wanted) await rm(join(tree.root, path), { recursive: true, force: true });
    if (pointer !== null) await writeFileWhole(join(tree.root, `${paths.snapshot}.dvc`), pointer);
  }
  await pull({ root: tree.root, env: tree.env, targets: wanted, ...dry, ...(signal ? { signal } : {}) });
  return had;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
