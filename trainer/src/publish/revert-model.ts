import type { Database } from "@support-it-agent/shared/database/database";
import { CliError } from "../cli-error.ts";
import { recordDecision } from "../cycle/record-decision.ts";
import { remoteHoldsPointer } from "../dvc/remote-holds-pointer.ts";
import type { FileContent } from "../git/commit-files.ts";
import { fetchTip } from "../git/fetch-tip.ts";
import type { GitPlace } from "../git/git-place.ts";
import { listCommits } from "../git/list-commits.ts";
import { pushRefusedError } from "../git/push-commit.ts";
import { commitMessage } from "./commit-message.ts";
import { trailerNames } from "./find-published.ts";
import { listVersions, type PublishedVersion, starterVersion, versionBefore } from "./list-versions.ts";
import { publishedPaths } from "./published-paths.ts";
import { publishedState } from "./published-state.ts";
import { type Composed, pushOntoTip, type RetryOptions } from "./push-onto-tip.ts";
import { liftQuarantine, quarantineBundle, quarantinedHashes } from "./quarantine.ts";
import { spliceLock } from "./splice-lock.ts";

export type RevertOptions = {
  /** Any clone or checkout of the repository; its branch, index and work tree stay as they are. */
  readonly git: GitPlace;
  /** Of the same repository: DVC's configuration is read from it. */
  readonly root: string;
  /** For DVC: PATH and the storage's credentials. */
  readonly env: Readonly<Record<string, string>>;
  readonly dataSet: string;
  /** "starter", a version, or the first digits of a bundle's hash; the version that served before where absent. */
  readonly toVersion?: string;
  /** The bundle that shall go. Where the branch publishes another one by now nothing is done. */
  readonly badHash?: string;
  /** One sentence. */
  readonly reason: string;
  /** Bars the bundle that goes from being published again. */
  readonly database?: Database;
  /** Writes a row of training_decisions too, with these numbers. A cycle writes its own. */
  readonly decision?: { readonly numbers: unknown };
  readonly log: (line: string) => void;
  readonly retry?: RetryOptions;
};

type Named = { readonly version: string; readonly hash: string | null };

/** `to.version` is "starter" where the branch publishes no model any more: the API then serves models/starter. */
export type Reverted =
  | {
      readonly outcome: "reverted" | "already_reverted";
      readonly commit: string;
      readonly from: Named;
      readonly to: Named;
    }
  | { readonly outcome: "nothing_to_revert"; readonly message: string };

/**
 * Puts the pointers of a data set back to what they were with an earlier model, as a new commit on top of the branch: dvc.lock's stages, snapshot, metrics, parameters and card together, and with the bundle
 * its labels and thresholds. Asks the storage for every object of the earlier bundle first. May be called again after a kill. Rejects with CliError where there is no such version (exit code 2), where the
 * storage lacks it, or where the remote is away or refuses.
 */
export async function revertModel(options: RevertOptions): Promise<Reverted> {
  const { git, dataSet, badHash, database, log } = options;
  const versions = await listVersions(git, await fetchTip(git), dataSet);
  const current = versions[0];
  if (current === undefined)
    return nothing(`Branch ${git.branch} has no dvc.lock: nothing was ever published.`);
  if (badHash !== undefined && current.hash !== badHash) return goneAlready(options, current, badHash);
  if (current.version === starterVersion && options.toVersion === undefined)
    return nothing(
      `Branch ${git.branch} publishes no model of ${dataSet}: the starter serves, and there is none before it.`,
    );

  const target = await chooseTarget(options, versions, current);
  if (target.state.bundleMd5 === current.state.bundleMd5)
    return nothing(`Branch ${git.branch} publishes ${current.version} already.`);
  await checkStorage(options, target);
  log(`From ${current.version} back to ${target.version}.`);
  if (database && !git.isDryRun) await updateQuarantine(database, options, current, target);

  const result = await pushOntoTip<Reverted>(
    git,
    (tip) => compose(options, current, target, tip),
    options.retry,
  );
  if (result.outcome === "stopped") return result.stop;
  if (result.outcome === "refused") throw pushRefusedError(git, result.said);
  const done = { commit: result.commit, from: named(current), to: named(target) };
  await writeDecision(options, done);
  return { outcome: "reverted", ...done };
}

function nothing(message: string): Reverted {
  return { outcome: "nothing_to_revert", message };
}

function named({ version, hash }: PublishedVersion): Named {
  return { version, hash };
}

/** An earlier call's push had arrived; or somebody else has published another model. */
async function goneAlready(
  options: RevertOptions,
  current: PublishedVersion,
  badHash: string,
): Promise<Reverted> {
  const { git, database } = options;
  const tip = current.state.commit;
  const reverts = await listCommits(git, tip, { containing: `${trailerNames.revertsHash}: ${badHash}` });
  const found = reverts.find(({ trailers }) => trailers[trailerNames.revertsHash] === badHash);
  if (found === undefined)
    return nothing(
      `Branch ${git.branch} publishes ${current.version} by now, not the bundle ${badHash.slice(0, 12)}: nothing is taken back.`,
    );
  const from = { version: found.trailers[trailerNames.reverts] ?? "", hash: badHash };
  if (database && !git.isDryRun) await quarantineBundle(database, { ...from, reason: options.reason });
  return { outcome: "already_reverted", commit: found.id, from, to: named(current) };
}

async function chooseTarget(
  { toVersion, database, dataSet, git }: RevertOptions,
  versions: readonly PublishedVersion[],
  current: PublishedVersion,
): Promise<PublishedVersion> {
  if (toVersion === undefined) {
    const barred = database ? await quarantinedHashes(database) : new Set<string>();
    const before = versionBefore(versions, (hash) => barred.has(hash));
    if (before) return before;
    throw new CliError(
      `The history of branch ${git.branch} has no version of ${dataSet} from before ${current.version} that may serve. Name one (./scripts/rollback --list shows all).`,
      { exitCode: 2 },
    );
  }
  const fits = versions.filter(
    ({ version, hash }) => version === toVersion || (toVersion.length >= 6 && hash?.startsWith(toVersion)),
  );
  const hashes = new Set(fits.map(({ state }) => state.bundleMd5));
  if (fits[0] && hashes.size === 1) return fits[0];
  throw new CliError(
    hashes.size > 1
      ? `Several bundles are called ${toVersion}. Name one by the first digits of its hash (./scripts/rollback --list).`
      : `Branch ${git.branch} has never published ${toVersion}. ./scripts/rollback --list shows what it has.`,
    { exitCode: 2 },
  );
}

async function checkStorage(
  { git, root, env, dataSet }: RevertOptions,
  target: PublishedVersion,
): Promise<void> {
  const md5 = target.state.bundleMd5;
  if (md5 === null) return;
  const more = {
    ...(git.announce ? { announce: git.announce } : {}),
    ...(git.signal ? { signal: git.signal } : {}),
  };
  const { missing, checked, url } = await remoteHoldsPointer(
    { root, env, ...more },
    { path: publishedPaths(dataSet).bundle, md5 },
  );
  if (missing.length === 0) return;
  throw new CliError(
    `${url} no longer holds ${missing.length} of ${checked} objects of ${target.version} (for example ${missing[0]?.path || missing[0]?.md5}), so that nobody could serve it. ` +
      "Nothing was changed. Push it from a machine that has it (dvc push), or choose another version.",
  );
}

/** Before the push: from then on no process may bring the bad bundle back, whatever happens to this one. */
async function updateQuarantine(
  database: Database,
  { reason }: RevertOptions,
  { hash, version }: PublishedVersion,
  target: PublishedVersion,
): Promise<void> {
  if (hash !== null) await quarantineBundle(database, { hash, version, reason });
  if (target.hash !== null) await liftQuarantine(database, target.hash);
}

async function compose(
  options: RevertOptions,
  current: PublishedVersion,
  target: PublishedVersion,
  tip: string,
): Promise<Composed<Reverted>> {
  const { git, dataSet, reason } = options;
  const now = await publishedState(git, tip, dataSet);
  if (now.bundleMd5 === target.state.bundleMd5)
    return { stop: { outcome: "already_reverted", commit: tip, from: named(current), to: named(target) } };
  if (now.bundleMd5 !== current.state.bundleMd5)
    return {
      stop: nothing(
        `Somebody else has published ${now.version ?? "another model"} in this moment: nothing is taken back.`,
      ),
    };
  const { lock, own } = publishedPaths(dataSet);
  const files = new Map<string, FileContent>([[lock, spliceLock(now.lock, target.state.lock, dataSet)]]);
  for (const path of own) {
    const blob = target.state.files.get(path);
    if (blob !== undefined) files.set(path, { blob });
    else if (now.files.has(path)) files.set(path, null);
  }
  const message = commitMessage(
    `Go back from model ${current.version} of ${dataSet} to ${target.version}`,
    reason,
    {
      [trailerNames.reverts]: current.version,
      ...(current.hash === null ? {} : { [trailerNames.revertsHash]: current.hash }),
      [trailerNames.version]: target.version,
      ...(target.hash === null ? {} : { [trailerNames.hash]: target.hash }),
    },
  );
  return { files, message };
}

async function writeDecision(
  { database, decision, git, reason }: RevertOptions,
  done: { readonly commit: string; readonly from: Named; readonly to: Named },
): Promise<void> {
  if (!database || !decision || git.isDryRun) return;
  const numbers = { ...done, found: decision.numbers };
  await recordDecision(database, {
    reasonCode: "rolled_back",
    modelVersion: done.from.version,
    reason,
    numbers,
  });
}
