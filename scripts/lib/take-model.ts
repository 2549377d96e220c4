import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { z } from "zod";
import { findBundleFolder } from "../../api/src/node/find-bundle-folder.ts";
import { findServers, type ServerRegistration } from "../../api/src/node/register-server.ts";
import { loadBundle } from "../../shared/src/bundle/load-bundle.ts";
import { readBundleFolder } from "../../shared/src/node/read-bundle-folder.ts";
import { parseTrainerConfig } from "../../trainer/src/config.ts";
import { pull } from "../../trainer/src/dvc/pull.ts";
import { writeRemoteConfig } from "../../trainer/src/dvc/write-remote-config.ts";
import { runProcess } from "../../trainer/src/processes/run-process.ts";

export type TakeModelOptions = {
  /** The checkout. */
  readonly root: string;
  /** With PATH (git, dvc, python) and the storage's credentials. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False to take what the checkout names already. */
  readonly pulls: boolean;
  /** For each server. */
  readonly timeoutMs: number;
  readonly say: (line: string) => void;
};

/** The bundle that this checkout's servers serve now, and where they answer. */
export type TakenModel = {
  readonly model_version: string;
  readonly bundle_hash: string;
  readonly servers: readonly string[];
};

const bundlePath = "models/current";
const gitTimeoutMs = 10 * 60 * 1_000;
const pollMs = 200;

/**
 * Takes the model that the branch names into the checkout and has every server that runs out of it serve it. The files are exchanged in place; a server
 * reads them when it is told to, checks each against the manifest, and goes on with the model before where one is missing. Rejects with an error whose message
 * says what happened and the next step; run again, it goes on from there.
 */
export async function takeModel(options: TakeModelOptions): Promise<TakenModel> {
  const { root, pulls, say } = options;
  const env = Object.fromEntries(
    Object.entries(options.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  if (pulls) await pullCheckout(root, env, say);
  if (await isNamed(root)) {
    await writeRemoteConfig(root, parseTrainerConfig(env).dvc);
    await pull({ root, env, targets: [bundlePath] });
  } else {
    await rm(join(root, bundlePath), { recursive: true, force: true });
    say(`The branch names no model of its own: the starter's model is what serves.`);
  }
  const { hash, manifest } = await loadBundle(readBundleFolder(await findBundleFolder(undefined, root)));
  const servers = (await findServers(root)).filter((server) => servesCheckout(root, server));
  if (servers.length === 0) {
    say(`No server runs out of this checkout: the next one (./scripts/start) serves ${manifest.version}.`);
  }
  for (const server of servers) await tell(server, hash, options);
  return { model_version: manifest.version, bundle_hash: hash, servers: servers.map(({ url }) => url) };
}

async function pullCheckout(
  root: string,
  env: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<void> {
  const git = async (output: "capture" | "inherit", ...args: string[]) =>
    runProcess("git", args, { cwd: root, env, timeoutMs: gitTimeoutMs, output });
  const head = async () => (await git("capture", "rev-parse", "HEAD")).stdout.trim();
  const before = await head();
  // What git says is for people: our stdout is for machines.
  const { exitCode, stdout } = await git("capture", "pull", "--ff-only", "--quiet");
  if (stdout.trim()) say(stdout.trim());
  if (exitCode !== 0) {
    throw new Error(
      `git pull --ff-only ended with ${exitCode}; the lines above say why. Nothing was changed. Where this checkout has commits or changes of its own, push ` +
        "or set them aside; then run this again, or take what the checkout names already with --no-pull.",
    );
  }
  const after = await head();
  if (before === after) return;
  const { stdout: changed } = await git("capture", "diff", "--name-only", before, after);
  say(`The checkout is at ${after.slice(0, 12)} now.`);
  if (changed.split("\n").some((path) => /^(api|shared|package-lock\.json)/.test(path))) {
    say("The program changed, too: a running server goes on with the old one until it is started again.");
  }
}

const lockSchema = z.looseObject({
  stages: z
    .record(z.string(), z.looseObject({ outs: z.array(z.looseObject({ path: z.string() })).optional() }))
    .nullish(),
});

/** Whether dvc.lock names a bundle of the company's own: none was published, or the last one was taken back, where it does not. */
async function isNamed(root: string): Promise<boolean> {
  const lock = lockSchema.safeParse(parse(await readFile(join(root, "dvc.lock"), "utf8")));
  if (!lock.success) {
    throw new Error(
      "dvc.lock cannot be read: git may have left marks of a conflict in it. Settle that (git status), then run this again.",
    );
  }
  return Object.values(lock.data.stages ?? {}).some(({ outs = [] }) =>
    outs.some(({ path }) => path === bundlePath),
  );
}

/** A server whose BUNDLE_DIR names another folder is no affair of this checkout's model. */
function servesCheckout(root: string, { bundle_dir: folder }: ServerRegistration): boolean {
  return folder === null || folder === join(root, bundlePath);
}

async function tell(
  { pid, url }: ServerRegistration,
  hash: string,
  { timeoutMs, say }: TakeModelOptions,
): Promise<void> {
  try {
    process.kill(pid, "SIGHUP");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : error;
    throw new Error(
      `The server ${url} (process ${pid}) cannot be told: ${why}. The model is in place: run this as the user that the server runs as, or start that again.`,
    );
  }
  const until = Date.now() + timeoutMs;
  let served = "";
  while (Date.now() < until) {
    const found = await servedBy(url);
    if (found?.bundle_hash === hash) {
      say(`${url} serves ${found.model_version}.`);
      return;
    }
    served = found ? `it serves ${found.model_version}` : "it does not answer";
    await sleep(pollMs);
  }
  throw new Error(
    `${url} (process ${pid}) does not serve the new model after ${timeoutMs / 1_000} s: ${served}. Its log says why ("the new model is refused"); the model is in place, ` +
      "so starting the server again may be the way.",
  );
}

const versionSchema = z.object({ model_version: z.string(), bundle_hash: z.string() });

async function servedBy(url: string): Promise<z.infer<typeof versionSchema> | null> {
  try {
    const response = await fetch(`${url}/version`, { signal: AbortSignal.timeout(5_000) });
    return versionSchema.parse(await response.json());
  } catch {
    return null;
  }
}
