import type { RuntimeFamily } from "../../embedder/describe-maker.ts";
import type { ModelFolder } from "./read-model-folder.ts";

/** What a worker is started with. */
export type WorkerStart = {
  readonly folder: ModelFolder;
  readonly runtime: RuntimeFamily | "auto";
  /** Threads that one run uses, with the native runtime; 1 by default. */
  readonly intraOpThreads?: number;
  /** Whether its first report has the SHA-256 of the weights; false by default. */
  readonly isDigestWanted?: boolean;
};

/** To a worker: texts to embed, packed into one run where they may be, or the wish that it ends. One job at a time. */
export type WorkerJob =
  | { readonly kind: "embed"; readonly texts: readonly string[]; readonly isPacked: boolean }
  | { readonly kind: "close" };

/** What a worker loaded. */
export type LoadedNetwork = {
  readonly runtime: RuntimeFamily;
  /** Why the native runtime was not used although it was preferred. */
  readonly fallback?: string;
  /** SHA-256 of the weights, 64 hexadecimal digits, where it was wanted. */
  readonly digest?: string;
};

/** From a worker: it is ready, then one report for each job. */
export type WorkerReport =
  | ({ readonly kind: "ready" } & LoadedNetwork)
  | { readonly kind: "embedded"; readonly vectors: Float32Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };
