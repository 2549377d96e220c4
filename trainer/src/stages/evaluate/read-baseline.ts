import { readFile } from "node:fs/promises";
import { z } from "zod";
import { CliError } from "../../cli-error.ts";

const baselineSchema = z.strictObject({
  queue: z.record(z.string(), z.string()),
  urgency: z.record(z.string(), z.string()),
});

/** The labels that the linear baseline gives, by row id; see trainer/python/linear_baseline.py. */
export type Baseline = z.infer<typeof baselineSchema>;

/** Reads the baseline's file. Rejects with CliError where it is not there or not of this kind. */
export async function readBaseline(path: string): Promise<Baseline> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new CliError(`${path} cannot be read: run the baseline stage first (./scripts/train).`, { cause });
  });
  const parsed = baselineSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new CliError(
    `${path} holds no baseline:\n${z.prettifyError(parsed.error)}\nRun the baseline stage again.`,
  );
}
