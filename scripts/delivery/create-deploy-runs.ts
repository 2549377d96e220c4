import { z } from "zod";
import { DeliveryError } from "./delivery-error.ts";

/** One run of deploy.yml on main. */
export type DeployRun = {
  readonly id: number;
  readonly commit: string;
  readonly isUnderWay: boolean;
  readonly hasSucceeded: boolean;
  /** Neither cancelled for a newer one nor skipped. */
  readonly hasFailed: boolean;
  readonly url: string;
};

export type DeployRuns = {
  /** The newest first; a hundred at most. */
  readonly list: () => Promise<readonly DeployRun[]>;
  /** Whether the run came as far as the cluster, and failed there: a second one would do the same. */
  readonly failedInCluster: (run: DeployRun) => Promise<boolean>;
  readonly start: () => Promise<void>;
};

type Config = { readonly apiUrl: string; readonly repository: string; readonly token: string };

const runsSchema = z.object({
  workflow_runs: z.array(
    z.object({
      id: z.number(),
      head_sha: z.string(),
      status: z.string(),
      conclusion: z.string().nullable(),
      html_url: z.string(),
    }),
  ),
});

const jobsSchema = z.object({
  jobs: z.array(z.object({ name: z.string(), conclusion: z.string().nullable() })),
});

const failures: readonly string[] = ["failure", "timed_out", "startup_failure"];

/** Name of the job of deploy.yml that changes the cluster. */
export const clusterJobName = "Roll out, ask, or undo";

/** The runs of deploy.yml, by GitHub's interface. Each call rejects with DeliveryError (1) where GitHub does not answer as it documents. */
export function createDeployRuns({ apiUrl, repository, token }: Config): DeployRuns {
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const address = `${apiUrl}/repos/${repository}/actions/${path}`;
    const response = await fetch(address, {
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
      },
      ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(30_000),
    }).catch((cause: unknown) => {
      throw new DeliveryError(1, `${address} gave no answer.`, { cause });
    });
    const text = await response.text();
    if (!response.ok)
      throw new DeliveryError(1, `${address} answered ${response.status}: ${text.slice(0, 300)}`);
    return text ? JSON.parse(text) : undefined;
  };
  return {
    list: async () => {
      const answer = runsSchema.parse(await call("workflows/deploy.yml/runs?branch=main&per_page=100"));
      return answer.workflow_runs.map(({ id, head_sha, status, conclusion, html_url }) => ({
        id,
        commit: head_sha,
        isUnderWay: status !== "completed",
        hasSucceeded: conclusion === "success",
        hasFailed: conclusion !== null && failures.includes(conclusion),
        url: html_url,
      }));
    },
    failedInCluster: async ({ id }) => {
      const { jobs } = jobsSchema.parse(await call(`runs/${id}/jobs?filter=latest&per_page=100`));
      return jobs.some(({ name, conclusion }) => name === clusterJobName && conclusion === "failure");
    },
    start: async () => {
      await call("workflows/deploy.yml/dispatches", { ref: "main" });
    },
  };
}
