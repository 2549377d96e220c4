import { readFile } from "node:fs/promises";
import { z } from "zod";
import { latencySchema } from "../stages/evaluate/measure-latency.ts";

/** build/<set>/run.json: what differs from one training to the next, and so stands in no bundle and no metrics file. */
const runSchema = z.strictObject({
  data_set: z.string(),
  bundle_version: z.string(),
  bundle_hash: z.string(),
  /** "embedded", or the address of the MLflow server. */
  store: z.string(),
  run_id: z.string(),
  model_name: z.string(),
  model_version: z.string(),
  git_commit: z.string().nullable(),
  started_at: z.iso.datetime({ offset: true }),
  ended_at: z.iso.datetime({ offset: true }),
  latency: latencySchema.nullable(),
});

export type LoggedRun = z.infer<typeof runSchema>;

/** The run that a run.json names. Null where there is none, or one of another release. */
export async function readRunFile(path: string): Promise<LoggedRun | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return runSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
