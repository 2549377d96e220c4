import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { downloadFile } from "@support-it-agent/shared/node/weights/download-file";
import { hashFile } from "@support-it-agent/shared/node/weights/hash-file";
import { z } from "zod";
import { CliError } from "../cli-error.ts";

export type DownloadDatasetOptions = {
  /** OWNER/NAME. */
  readonly name: string;
  /** Path of the file in the data set; where absent, its only file of rows. */
  readonly file?: string | undefined;
  readonly hubUrl: string;
  /** Files land in FOLDER/OWNER/NAME. */
  readonly folder: string;
  readonly onBytes?: (received: number, total: number) => void;
  readonly signal?: AbortSignal;
};

/** An entry of the hub's file listing (GET /api/datasets/OWNER/NAME/tree/REVISION); large files have their SHA-256 in `lfs`. */
const entriesSchema = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.int().nonnegative(),
    lfs: z.object({ oid: z.string(), size: z.int() }).optional(),
  }),
);

type Entry = z.infer<typeof entriesSchema>[number];

const listTimeoutMs = 20_000;

/**
 * Fetches one file of a data set of the model hub, once: a file that is there and has its length is not fetched again, and a cut
 * download goes on. Resolves with its path. Rejects with CliError, which names the next step.
 */
export async function downloadDataset(options: DownloadDatasetOptions): Promise<string> {
  const { name, hubUrl, folder, onBytes, signal } = options;
  const entries = await listFiles(options);
  const entry = chooseFile(name, entries, options.file);
  const sizeBytes = entry.lfs?.size ?? entry.size;
  const path = join(folder, ...name.split("/"), entry.path);
  if ((await sizeOf(path)) === sizeBytes) return path;
  await mkdir(dirname(path), { recursive: true });
  const encoded = entry.path.split("/").map(encodeURIComponent).join("/");
  const url = new URL(`datasets/${name}/resolve/main/${encoded}`, withSlash(hubUrl)).href;
  const partPath = `${path}.part`;
  await downloadFile({
    url,
    partPath,
    lengthBytes: sizeBytes,
    onBytes: (received) => onBytes?.(received, sizeBytes),
    signal,
  }).catch((cause: unknown) => {
    throw notReached(options, cause instanceof Error ? cause.message : String(cause), cause);
  });
  if (entry.lfs && (await hashFile(partPath)) !== entry.lfs.oid) {
    await rm(partPath);
    throw new CliError(
      `${url} sent other bytes than the hub lists (SHA-256 ${entry.lfs.oid}): run this again.`,
    );
  }
  await rename(partPath, path);
  return path;
}

async function listFiles(options: DownloadDatasetOptions): Promise<Entry[]> {
  const { name, hubUrl } = options;
  const url = new URL(`api/datasets/${name}/tree/main?recursive=true`, withSlash(hubUrl));
  const timeout = AbortSignal.timeout(listTimeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    const reason =
      cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw notReached(options, reason, cause);
  });
  if (!response.ok) {
    await response.body?.cancel();
    const why =
      response.status === 401 || response.status === 404
        ? "there is no such public data set"
        : `it answered ${response.status}`;
    throw notReached(options, why);
  }
  const parsed = entriesSchema.safeParse(await response.json().catch(() => null));
  if (parsed.success) return parsed.data;
  throw notReached(options, "its answer is no list of files");
}

function notReached(
  { name, hubUrl, file }: DownloadDatasetOptions,
  reason: string,
  cause?: unknown,
): CliError {
  return new CliError(
    `${name} could not be fetched from ${hubUrl}: ${reason}.\n` +
      `Download ${file ?? "its file"} by hand on a machine that reaches https://huggingface.co/datasets/${name}/tree/main, ` +
      "then run ./scripts/import-tickets with the file. MODEL_HUB_URL names a mirror.",
    { cause },
  );
}

function chooseFile(name: string, entries: readonly Entry[], file: string | undefined): Entry {
  const tables = entries.filter(
    ({ type, path }) => type === "file" && /\.(csv|tsv|jsonl|ndjson|parquet)$/i.test(path),
  );
  const list = tables.map(({ path, size }) => `  ${path} (${(size / 1e6).toFixed(1)} MB)`).join("\n");
  const named = tables.find(({ path }) => path === file);
  if (named) return named;
  const [only, ...others] = tables;
  if (file === undefined && only && others.length === 0) return only;
  if (only === undefined) throw new CliError(`${name} holds no CSV, JSONL or Parquet file.`);
  throw new CliError(
    `${file ? `${name} has no file ${file} any more` : `${name} has several files`}. Name one by --file:\n${list}`,
  );
}

const sizeOf = (path: string) =>
  stat(path).then(
    ({ size }) => size,
    () => -1,
  );

const withSlash = (url: string) => (url.endsWith("/") ? url : `${url}/`);
