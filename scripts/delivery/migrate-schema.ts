import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Kubectl } from "./create-kubectl.ts";
import { DeliveryError } from "./delivery-error.ts";
import type { Manifest } from "./parse-manifests.ts";

type Options = {
  readonly namespace: string;
  readonly apply: (manifest: Manifest) => Promise<void>;
  readonly timeoutMs: number;
  readonly pollMs?: number;
};

const jobSchema = z.object({
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
        .default([]),
    })
    .default({ conditions: [] }),
});

/**
 * Runs the migration Job of this version and waits for its end. A Job's template cannot be changed, so the one of the version before is deleted
 * first. Rejects with DeliveryError (1) where it failed, with its last lines: the API was not touched then.
 */
export async function migrateSchema(
  kubectl: Kubectl,
  job: Manifest,
  { namespace, apply, timeoutMs, pollMs = 2_000 }: Options,
): Promise<void> {
  const name = `job/${job.metadata.name}`;
  const place = `--namespace=${namespace}`;
  await kubectl.demand(["delete", name, place, "--ignore-not-found", "--wait=true", "--timeout=60s"]);
  await apply(job);
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const text = await kubectl.demand(["get", name, place, "--output=json"]);
    const { conditions } = jobSchema.parse(JSON.parse(text)).status;
    const holds = (type: string) => conditions.find((one) => one.type === type && one.status === "True");
    if (holds("Complete")) return;
    const failed = holds("Failed");
    if (failed || Date.now() > deadline) {
      const logs = await kubectl.ask(["logs", name, place, "--tail=20"]);
      throw new DeliveryError(
        1,
        `The migration ${failed ? `failed: ${failed.message ?? "no reason given"}` : `did not end within ${timeoutMs / 1_000} s`}. ` +
          `The API was not touched. Its last lines:\n${logs.stdout.trim() || logs.stderr.trim() || "(none)"}`,
      );
    }
    await sleep(pollMs);
  }
}
