import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { WordTable } from "../../embedder/create-word-table.ts";
import type { RuntimeFamily } from "../../embedder/describe-maker.ts";
import type { MinilmLayout } from "../../embedder/lay-out-minilm.ts";
import type { MinilmSession, OnnxRuntime } from "../../embedder/minilm-session.ts";
import { openExportedSession } from "../../embedder/open-exported-session.ts";
import { openMinilmSession } from "../../embedder/open-minilm-session.ts";
import type { ModelFolder } from "./read-model-folder.ts";

/**
 * How long a thread of a run looks for more work before it sleeps, in microseconds. Within a run there is some every 20 to 50; without an
 * end it would keep a core for 15 ms after each run.
 */
const spinMicroseconds = "50";

/**
 * Loads a folder's network into one runtime, in this thread; a run of the native one is shared among `intraOpThreads`, with the same
 * numbers as from one. Rejects when the runtime's package does not load on this machine (onnxruntime-node is glibc-only), or the
 * model does not.
 */
export async function openModelFolder(
  folder: ModelFolder,
  runtime: RuntimeFamily,
  intraOpThreads = 1,
): Promise<MinilmSession> {
  const ort = runtime === "native" ? await import("onnxruntime-node") : await openWasmRuntime();
  const executionProviders = [runtime === "native" ? "cpu" : "wasm"];
  const { layout, weights } = folder;
  if (layout === undefined) return openExportedSession(ort, await readFile(weights), { executionProviders });

  const table = openWordTable(weights, layout);
  const where =
    runtime === "native"
      ? {
          intraOpNumThreads: intraOpThreads,
          extra: {
            session: {
              model_external_initializers_file_folder_path: dirname(weights),
              intra_op: { spin_duration_us: spinMicroseconds },
            },
          },
        }
      : { externalData: [{ path: layout.weightsName, data: await readAroundWordTable(weights, layout) }] };
  const session = await openMinilmSession(ort, layout, table.wordTable, { executionProviders, ...where });
  return { ...session, release: () => session.release().finally(table.close) };
}

async function openWasmRuntime(): Promise<OnnxRuntime> {
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  return ort;
}

/**
 * The file's bytes at their offsets, without the word table: its place is left untouched, so that the operating
 * system gives it no memory.
 */
async function readAroundWordTable(path: string, layout: MinilmLayout): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    const { wordTableOffsetBytes, wordTableLengthBytes } = layout;
    await readRange(file, bytes.subarray(0, wordTableOffsetBytes), 0);
    const tableEnd = wordTableOffsetBytes + wordTableLengthBytes;
    await readRange(file, bytes.subarray(tableEnd), tableEnd);
    return bytes;
  } finally {
    await file.close();
  }
}

/** Fills `into` from `offset` on; a file system may answer a read with less than was asked for. */
async function readRange(file: FileHandle, into: Uint8Array, offset: number): Promise<void> {
  for (let at = 0; at < into.length; ) {
    const { bytesRead } = await file.read(into, at, into.length - at, offset + at);
    if (bytesRead === 0)
      throw new Error(`The weights end at byte ${offset + at}: they were cut off meanwhile.`);
    at += bytesRead;
  }
}

/**
 * The word table, read from its file row by row: 47 MB that no thread has to hold, at 2 to 4 microseconds a
 * token out of the operating system's file cache (a token's share of a run is 200). Synchronous, which is
 * right in a worker thread alone.
 */
function openWordTable(path: string, layout: MinilmLayout): { wordTable: WordTable; close: () => void } {
  const file = openSync(path, "r");
  const wordTable: WordTable = (id, row) => {
    const read = readSync(file, row, 0, row.length, layout.wordTableOffsetBytes + id * row.length);
    if (read !== row.length)
      throw new Error(`${path} was cut off while it was in use: token ${id} is not there.`);
  };
  return { wordTable, close: () => closeSync(file) };
}
