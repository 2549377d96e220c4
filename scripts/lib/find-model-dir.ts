import { fileURLToPath } from "node:url";
import type { Config } from "../../api/src/config.ts";

/** Folder with the MiniLM weights: MODEL_DIR, or the one that scripts/get-weights.ts fills. */
export function findModelDir(config: Pick<Config, "modelDir">): string {
  return config.modelDir ?? fileURLToPath(new URL("../../.cache/models", import.meta.url));
}
