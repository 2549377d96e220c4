import { join } from "node:path";
import { type ServedState, waitUntilServed } from "../confirm/wait-until-served.ts";
import { readClock } from "../database/read-clock.ts";
import { readWatchParams } from "../watch/read-watch-params.ts";
import { factsOf } from "./cycle-facts.ts";
import type { StageResult } from "./run-cycle.ts";
import type { StageContext } from "./stage-context.ts";
import { takeModelBack } from "./take-model-back.ts";
import type { TrainingCycle } from "./training-cycle.ts";

/**
 * The stage "confirm": waits until all of the API serves the new bundle. One run waits `confirm_minutes`; after `confirm_hours` since the push the pointers are
 * taken back, so that the branch does not go on naming what does not serve.
 */
export async function confirmModel(
  context: StageContext,
  cycle: TrainingCycle,
  signal: AbortSignal,
): Promise<StageResult> {
  const { config, params, root, database } = context;
  const { confirm } = await readWatchParams(join(root, "params.yaml"));
  const { bundleHash, bundleVersion } = factsOf(cycle, "train");
  const { at: publishedAt } = factsOf(cycle, "publish");
  const { api } = config;
  const found = await waitUntilServed({
    apiUrl: api.url,
    key: api.key,
    bundleHash,
    hashBefore: cycle.servingHash,
    timeoutMs: params.confirm_minutes * 60_000,
    pollMs: 1_000 * confirm.poll_seconds,
    answers: confirm.answers,
    signal,
  });
  if (found.state === "served") {
    const reason = `The API serves model ${bundleVersion} since ${found.since}.`;
    return { verdict: "next", reasonCode: "rollout_seen", reason, facts: { servedSince: found.since } };
  }
  const why = describe(found, bundleVersion);
  const waitedMs = (await readClock(database)) - Date.parse(publishedAt);
  const isOverdue = waitedMs > params.confirm_hours * 3_600_000;
  if (!isOverdue)
    return { verdict: "wait", reasonCode: "waiting_for_rollout", reason: why, facts: { found } };
  const reason = `After ${params.confirm_hours} hours model ${bundleVersion} still does not serve: ${why}`;
  return takeModelBack(context, cycle, { reasonCode: "not_served", reason, facts: { found } }, signal);
}

function describe(found: Exclude<ServedState, { state: "served" }>, version: string): string {
  switch (found.state) {
    case "not_yet":
      return `the API, or one instance of it, still serves ${found.modelVersion}.`;
    case "not_recorded":
      return `the API answers with ${version}, and model_deployments names ${found.recorded ?? "none"}: its database is another one, or was away.`;
    case "another":
      return `the API serves ${found.modelVersion}, which is neither ${version} nor the one before it.`;
    case "away":
    case "refused":
      return `${found.why}.`;
  }
}
