import { open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { WeightsError } from "./weights-error.ts";

export type DownloadOptions = {
  readonly url: string;
  /** Where the bytes go; what is there already is taken as the beginning of the file. */
  readonly partPath: string;
  readonly lengthBytes: number;
  readonly onBytes?: ((receivedBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Until the first answer: short, so that a network without the hub is noticed soon. */
  readonly connectTimeoutMs?: number;
  /** The longest silence in the middle. */
  readonly stallTimeoutMs?: number;
  /** How often a cut connection is taken up again. */
  readonly resumes?: number;
};

/**
 * Fetches a file over HTTP into `partPath`, from where an earlier attempt ended (a Range request), and
 * takes a cut connection up again up to `resumes` times. Resolves when the file has its whole length;
 * the digest is the caller's to check. Rejects with WeightsError when the server is not reached, answers
 * with an error or with more bytes than the file has.
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const { resumes = 5 } = options;
  for (let attempt = 0; ; attempt += 1) {
    const before = await lengthOf(options.partPath);
    if (before === options.lengthBytes) return;
    try {
      await downloadRest(options, before > options.lengthBytes ? 0 : before);
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      const worthResuming = error instanceof CutError || (attempt > 0 && error instanceof TypeError);
      if (!worthResuming || attempt === resumes) throw toWeightsError(options, error);
      await sleep(250 * 2 ** attempt, undefined, { signal: options.signal });
    }
  }
}

/** The connection ended, or fell silent, before the file did. */
class CutError extends Error {}

async function downloadRest(options: DownloadOptions, from: number): Promise<void> {
  const { connectTimeoutMs = 5_000, stallTimeoutMs = 30_000 } = options;
  const watchdog = new AbortController();
  const signals = [watchdog.signal, ...(options.signal === undefined ? [] : [options.signal])];
  let timer = setTimeout(
    () => watchdog.abort(new Error(`no answer within ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  );
  const rewind = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => watchdog.abort(new Error(`silent for ${stallTimeoutMs} ms`)), stallTimeoutMs);
  };
  try {
    const response = await fetch(options.url, {
      headers:
        from > 0
          ? { range: `bytes=${from}-`, "accept-encoding": "identity" }
          : { "accept-encoding": "identity" },
      signal: AbortSignal.any(signals),
    });
    rewind();
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new WeightsError(`${options.url} answered ${response.status} ${response.statusText}.`);
    }
    const resumed = response.status === 206 && startsAt(response, from);
    await writeBody(options, response.body, resumed ? from : 0, rewind);
  } finally {
    clearTimeout(timer);
  }
}

async function writeBody(
  options: DownloadOptions,
  body: ReadableStream<Uint8Array>,
  from: number,
  onPiece: () => void,
): Promise<void> {
  const file = await open(options.partPath, from > 0 ? "r+" : "w");
  let at = from;
  try {
    for await (const piece of cutErrors(body)) {
      onPiece();
      if (at + piece.length > options.lengthBytes) {
        await file.truncate(0);
        throw new WeightsError(
          `${options.url} sends more than the ${options.lengthBytes} bytes of the file.`,
        );
      }
      await file.write(piece, 0, piece.length, at);
      at += piece.length;
      options.onBytes?.(at);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (at < options.lengthBytes) throw new CutError(`the connection ended after ${at} bytes`);
}

/** The pieces of a body, with the network's failures told apart from the disk's. */
async function* cutErrors(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) yield piece;
  } catch (cause) {
    throw new CutError(`the connection was cut: ${reasonOf(cause)}`, { cause });
  }
}

function startsAt(response: Response, from: number): boolean {
  return response.headers.get("content-range")?.startsWith(`bytes ${from}-`) ?? false;
}

async function lengthOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function toWeightsError(options: DownloadOptions, error: unknown): Error {
  if (error instanceof WeightsError) return error;
  // What fails on the network comes out of fetch wrapped; a bare system error is the disk's, which the caller names.
  if (error instanceof Error && "syscall" in error) return error;
  return new WeightsError(`${options.url} was not reached: ${reasonOf(error)}.`, { cause: error });
}

/** undici says "fetch failed" and keeps the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.message === "fetch failed"
    ? error.cause.message
    : error.message;
}
