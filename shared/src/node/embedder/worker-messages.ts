import type { RuntimeFamily } from "../../embedder/describe-maker.ts";
import type { ModelFolder } from "./read-model-folder.ts";

/** What a worker is started with. */
export type WorkerStart = {
  readonly folder: ModelFolder;
  readonly runtime: RuntimeFamily | "auto";
  /** Threads that one run uses, with the native runtime; 1 by default. */
  readonly intraOpThreads?: number;
};

/** To a worker: texts to embed, packed into one run where they may be, or the wish that it ends. One job at a time. */
export type WorkerJob =
  | { readonly kind: "embed"; readonly texts: readonly string[]; readonly isPacked: boolean }
  | { readonly kind: "close" };

/** From a worker. `fallback` says why the native runtime was not used although it was preferred. */
export type WorkerReport =
  | { readonly kind: "ready"; readonly runtime: RuntimeFamily; readonly fallback?: string }
  | { readonly kind: "embedded"; readonly vectors: Float32Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };
