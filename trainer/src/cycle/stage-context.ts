import type { Database } from "@support-it-agent/shared/database/database";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import type { TrainerConfig } from "../config.ts";
import type { CycleLog } from "./create-cycle-log.ts";
import type { CycleParams } from "./read-cycle-params.ts";

/** What every stage of a cycle is given beside the training itself. */
export type StageContext = {
  readonly config: TrainerConfig;
  readonly params: CycleParams;
  readonly database: Database;
  /** Opened at the first call: a run that only waits or publishes needs no vectors. */
  readonly openEmbedder: () => Promise<Embedder>;
  /** The running program: its code and node_modules. Nothing is written there. */
  readonly root: string;
  /** Absolute; whatever is made here may be gone by the next run. */
  readonly scratchDir: string;
  /** The environment for child processes, secrets included. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: CycleLog;
};
