import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseDocument } from "yaml";
import { z } from "zod";
import { botTrailers, ignoredByDvc, pointerFiles } from "./bot-commit-rules.ts";
import { runGit } from "./run-git.ts";

export type BotCommits = {
  readonly root: string;
  /** As git log takes a range: OLD..NEW, or --max-count=N NEW. */
  readonly range: readonly string[];
  /** Address of the trainer as an author; where it is absent, only the trailers tell its commits. */
  readonly authorEmail: string | undefined;
  /** The trainer itself pushed these: then all are its commits, whatever author they name. */
  readonly arePushedByTrainer: boolean;
  /** Public half of the SSH key that the trainer signs with ("ssh-ed25519 AAAA..."); where it is absent, signatures are not looked at. */
  readonly signingKey: string | undefined;
};

type Commit = {
  readonly id: string;
  readonly parents: readonly string[];
  readonly emails: readonly string[];
  /** Names of the trailers. */
  readonly trailers: readonly string[];
};

/**
 * What is wrong with the trainer's commits in the range, a line each; none where all are as they may be. A commit is the trainer's where it names
 * itself so, as author or committer, where it carries a trailer of its, or where the trainer pushed it. `checked` says how many those were.
 */
export async function checkBotCommits(asked: BotCommits): Promise<{ checked: number; faults: string[] }> {
  const { root, range, authorEmail, arePushedByTrainer, signingKey } = asked;
  const email = authorEmail?.toLowerCase();
  const ours = (await readCommits(root, range)).filter(
    ({ emails, trailers }) =>
      arePushedByTrainer ||
      (email !== undefined && emails.includes(email)) ||
      botTrailers.some((name) => trailers.includes(name)),
  );
  const faults: string[] = [];
  for (const commit of ours) {
    const found = await faultsOf(root, commit);
    if (signingKey && !(await isSignedBy(root, commit.id, signingKey)))
      found.push("bears no signature of the trainer's key");
    faults.push(...found.map((fault) => `${commit.id.slice(0, 12)} ${fault}`));
  }
  return { checked: ours.length, faults };
}

async function faultsOf(root: string, { id, parents, trailers }: Commit): Promise<string[]> {
  const [parent] = parents;
  // What a merge changes is seen from each of its parents alone: the trainer has no use for one.
  if (parent === undefined || parents.length > 1)
    return [`has ${parents.length} parents: the trainer commits on top of main`];
  const changes = await readChanges(root, parent, id);
  const faults = changes.flatMap(({ path, mode }) => {
    if (!pointerFiles.includes(path))
      return [`changes ${path}: the trainer may change ${pointerFiles.join(", ")} and nothing else`];
    // 000000 is a file that is gone: a way back to before the first model.
    if (mode !== "100644" && mode !== "000000")
      return [`makes ${path} a file of mode ${mode}: it must be a plain one`];
    return [];
  });
  if (changes.some(({ path }) => path === "dvc.lock")) faults.push(...(await lockFaults(root, parent, id)));
  for (const { path } of changes.filter(({ path }) => path.endsWith(".gitignore")))
    faults.push(...(await ignoreFaults(root, parent, id, path)));
  const isPublication = ["Training-Cycle", "Model-Version", "Bundle-Hash"].every((name) =>
    trailers.includes(name),
  );
  if (!isPublication && !trailers.includes("Reverts-Model")) {
    faults.push(
      "says neither what it publishes (Training-Cycle, Model-Version, Bundle-Hash) nor what it takes back (Reverts-Model)",
    );
  }
  return faults;
}

const lockSchema = z.looseObject({ stages: z.record(z.string(), z.unknown()).default({}) });

/** In dvc.lock only the stages of the data set `current` are the trainer's. */
async function lockFaults(root: string, parent: string, id: string): Promise<string[]> {
  const [before, after] = await Promise.all([parent, id].map((commit) => readLock(root, commit)));
  if (!before || !after) return ["leaves a dvc.lock that cannot be read"];
  const names = new Set([...Object.keys(before.stages), ...Object.keys(after.stages)]);
  const foreign = [...names].filter(
    (name) => !name.endsWith("@current") && !isDeepStrictEqual(before.stages[name], after.stages[name]),
  );
  return foreign.map((name) => `changes the stage ${name} of dvc.lock: the trainer's are those of @current`);
}

/** A line more would hide a file from whoever looks, and one less would show git what is DVC's. */
async function ignoreFaults(root: string, parent: string, id: string, path: string): Promise<string[]> {
  if (!pointerFiles.includes(path)) return [];
  const [before, after] = await Promise.all([parent, id].map((commit) => readLines(root, commit, path)));
  const changed = [
    ...(after ?? []).filter((line) => !before?.includes(line)),
    ...(before ?? []).filter((line) => !after?.includes(line)),
  ];
  return changed
    .filter((line) => !ignoredByDvc.includes(line))
    .map((line) => `changes ${path}, which has the line "${line}"`);
}

async function readLines(root: string, commit: string, path: string): Promise<string[]> {
  const { exitCode, stdout } = await runGit(root, ["show", `${commit}:${path}`], [128]);
  return exitCode === 0 ? stdout.split("\n").filter(Boolean) : [];
}

async function readLock(root: string, commit: string) {
  const { exitCode, stdout } = await runGit(root, ["show", `${commit}:dvc.lock`], [128]);
  if (exitCode !== 0) return { stages: {} };
  const document = parseDocument(stdout);
  return document.errors.length > 0 ? undefined : lockSchema.safeParse(document.toJS()).data;
}

async function readCommits(root: string, range: readonly string[]): Promise<Commit[]> {
  const format = "%H%x00%P%x00%ae%x00%ce%x00%B%x00%x00";
  const { stdout } = await runGit(root, ["log", `--format=${format}`, ...range, "--"]);
  return stdout
    .split("\0\0\n")
    .filter((entry) => entry.trim())
    .map((entry) => {
      const [id = "", parents = "", author = "", committer = "", message = ""] = entry.split("\0");
      return {
        id,
        parents: parents.split(" ").filter(Boolean),
        emails: [author.toLowerCase(), committer.toLowerCase()],
        trailers: trailersOf(message),
      };
    });
}

async function readChanges(
  root: string,
  parent: string,
  id: string,
): Promise<{ path: string; mode: string }[]> {
  const { stdout } = await runGit(root, ["diff-tree", "-r", "-z", "--no-renames", parent, id]);
  const fields = stdout.split("\0");
  const changes: { path: string; mode: string }[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    changes.push({ path: fields[at + 1] ?? "", mode: (fields[at] ?? "").split(" ")[1] ?? "" });
  }
  return changes;
}

function trailersOf(message: string): string[] {
  return message
    .split("\n")
    .flatMap((line) => /^(?<name>[A-Za-z][A-Za-z-]*): \S/.exec(line)?.groups?.name ?? []);
}

/** Whether git finds a good SSH signature of that key on the commit. */
async function isSignedBy(root: string, id: string, signingKey: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "signers-"));
  const signers = join(folder, "allowed");
  try {
    await writeFile(signers, `* namespaces="git" ${signingKey}\n`);
    const settings = ["-c", "gpg.format=ssh", "-c", `gpg.ssh.allowedSignersFile=${signers}`];
    return (await runGit(root, [...settings, "verify-commit", id], [1])).exitCode === 0;
  } finally {
    await rm(folder, { recursive: true });
  }
}
