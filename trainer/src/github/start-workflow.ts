import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import type { TrainerConfig } from "../config.ts";
import { askGithub, type GithubPlace } from "./ask-github.ts";

/**
 * "not_configured": without GITHUB_REPOSITORY and GITHUB_TOKEN the push is all there is. "running": the push (or an earlier call) has started the workflow for this commit.
 * "dispatched": nothing had, so it was asked for.
 */
export type StartedWorkflow =
  | { readonly outcome: "not_configured" }
  | { readonly outcome: "running"; readonly runId: number; readonly url: string | null }
  | { readonly outcome: "dispatched"; readonly workflow: string };

export type StartWorkflowOptions = {
  readonly github: TrainerConfig["github"];
  readonly branch: string;
  /** The pushed commit. */
  readonly commit: string;
  readonly signal?: AbortSignal;
  /** So often, and so long apart, GitHub is asked whether the push has started a run: it takes some seconds to. */
  readonly polls?: { readonly count: number; readonly waitMs: number };
  readonly retryWaitMs?: number;
  /** Prints the requests that would be made. */
  readonly announce?: (command: string) => void;
  readonly isDryRun?: boolean;
};

const runsSchema = z.object({
  workflow_runs: z.array(
    z.object({
      id: z.number(),
      html_url: z.string().nullish(),
      path: z.string().nullish(),
      head_sha: z.string(),
    }),
  ),
});

/**
 * Sees to it that the deploy workflow runs for a pushed commit: looks for a run that the push has started, and starts one where there is none after a while (a push with a workflow's own
 * token starts nothing). Called again it finds the run. Rejects with CliError where GitHub refuses or is away; the commit is on the branch all the same.
 */
export async function startWorkflow(options: StartWorkflowOptions): Promise<StartedWorkflow> {
  const { github, branch, commit, polls = { count: 6, waitMs: 5_000 } } = options;
  if (!github.repository || !github.token) return { outcome: "not_configured" };
  const { signal, retryWaitMs } = options;
  const place: GithubPlace = {
    ...github,
    repository: github.repository,
    token: github.token,
    ...(signal ? { signal } : {}),
    ...(retryWaitMs === undefined ? {} : { retryWaitMs }),
  };
  const runs = `/actions/runs?head_sha=${encodeURIComponent(commit)}&per_page=100`;
  const dispatches = `/actions/workflows/${encodeURIComponent(github.workflow)}/dispatches`;
  options.announce?.(`GET ${place.apiUrl}/repos/${place.repository}${runs}`);
  options.announce?.(
    `POST ${place.apiUrl}/repos/${place.repository}${dispatches} {"ref":"${branch}"}   # only where no run is found`,
  );
  if (options.isDryRun) return { outcome: "dispatched", workflow: github.workflow };

  for (let poll = 0; poll < polls.count; poll++) {
    if (poll > 0) await setTimeout(polls.waitMs, undefined, signal ? { signal } : {});
    const run = findRun(await askGithub(place, runs), place, commit);
    if (run) return { outcome: "running", runId: run.id, url: run.html_url ?? null };
  }
  // Deploying is idempotent and takes what the branch is at, so that a second start does no harm.
  await askGithub(place, dispatches, { method: "POST", body: { ref: branch }, isRepeatable: true });
  return { outcome: "dispatched", workflow: github.workflow };
}

/** A run of the deploy workflow for this commit; runs of other workflows (tests, say) are none. */
function findRun(answer: unknown, { workflow }: GithubPlace, commit: string) {
  const { workflow_runs } = runsSchema.parse(answer);
  return workflow_runs.find(
    ({ head_sha, path }) =>
      head_sha === commit && (!path || path.split("@")[0]?.split("/").at(-1) === workflow),
  );
}
