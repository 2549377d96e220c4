import { checkEmbedder } from "@support-it-agent/shared/bundle/check-embedder";
import { loadBundle, type ReadBundleFile } from "@support-it-agent/shared/bundle/load-bundle";
import { createClassifier } from "@support-it-agent/shared/classifier/create-classifier";
import type { Database } from "@support-it-agent/shared/database/database";
import { createWasmEmbedder } from "@support-it-agent/shared/embedder/create-wasm-embedder";
import type { EmbedderDtype } from "@support-it-agent/shared/embedder/describe-maker";
import packageJson from "../package.json" with { type: "json" };
import type { Limits } from "./app-deps.ts";
import { assembleApp } from "./assemble-app.ts";
import { requireSomeKey } from "./auth/require-some-key.ts";
import type { Generator } from "./generation/generation.ts";
import { createLineLogger } from "./operations/create-line-logger.ts";
import type { LogLevel } from "./operations/logger.ts";

/** What an edge runtime brings: bytes and a database. Nothing is read from a disk or the environment. */
export type EdgeOptions = {
  /** The bytes of model.safetensors, or of an ONNX export of the same network (then `dtype` may be int8). */
  readonly model: Uint8Array;
  readonly dtype?: EmbedderDtype;
  /** tokenizer.json, parsed. */
  readonly tokenizerJson: unknown;
  /** Gives a file of the model bundle by its name. */
  readonly readBundle: ReadBundleFile;
  /** The bytes of ort-wasm-simd-threaded.wasm, of the onnxruntime-web that this was bundled with. */
  readonly wasmBinary: Uint8Array;
  /** openNeon(...) at the edge; any other database in a test. */
  readonly database: Database;
  /** Answers are quotes without one. */
  readonly generator?: Generator;
  /** Takes each line of the log. */
  readonly writeLog?: (line: string) => void;
  readonly logLevel?: LogLevel;
  readonly limits?: Partial<Limits>;
  /** SHA-256 of a first admin's key, where the database holds none yet (./scripts/keys create --offline). */
  readonly firstAdminKeySha256?: string;
  /** Which share (0..1) of the predictions agents label without seeing them. */
  readonly blindLabelShare?: number;
};

export type EdgeApp = {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly close: () => Promise<void>;
};

/**
 * The API for a runtime with fetch and WebAssembly and nothing else: one thread, no files, no pages. Rejects with BundleError
 * where models and code do not belong together, and with NoKeyError where nobody could use it.
 */
export async function createEdgeApp(options: EdgeOptions): Promise<EdgeApp> {
  const { model, dtype = "fp32", tokenizerJson, wasmBinary, database } = options;
  const { firstAdminKeySha256, blindLabelShare = 0.05 } = options;
  await requireSomeKey(database, firstAdminKeySha256, "A runtime at the edge is reached by everybody");
  const bundle = await loadBundle(options.readBundle);
  const classifier = await createClassifier(bundle, { wasmBinary });
  const embedder = await createWasmEmbedder({ model, dtype, tokenizerJson, wasmBinary });
  checkEmbedder(bundle, embedder.maker);
  const { app, close } = assembleApp({
    version: packageJson.version,
    database,
    embedder,
    model: { bundle, classifier },
    generator: options.generator ?? null,
    logger: createLineLogger(options.writeLog ?? (() => {}), options.logLevel),
    access: { trustsLoopback: false, firstAdminKeySha256 },
    blindLabelShare,
    limits: { ...edgeLimits, ...options.limits },
  });
  return {
    fetch: (request) => app.fetch(request),
    close: async () => {
      await embedder.close();
      await close();
    },
  };
}

/** One thread embeds one text after the other: a long queue would only make everybody wait for a 504. */
const edgeLimits = {
  askDeadlineMs: 30_000,
  requestDeadlineMs: 30_000,
  importDeadlineMs: 60_000,
  heartbeatMs: 15_000,
  maxImportBytes: 10_000_000,
  maxRunning: 8,
  maxWaiting: 32,
};
