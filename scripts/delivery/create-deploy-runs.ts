import { z } from "zod";
import { DeliveryError } from "./delivery-error.ts";
import { fetchText } from "./fetch-text.ts";
import { parseJson } from "./parse-json.ts";

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
  jobs: z.array(
    z.object({
      steps: z.array(z.object({ name: z.string(), conclusion: z.string().nullable() })).default([]),
    }),
  ),
});

const failures: readonly string[] = ["failure", "timed_out", "startup_failure"];

/** Name of the step of deploy.yml that changes the cluster: what fails before it has changed nothing. */
export const clusterStepName = "Migrate, roll out, ask, or undo";

/** The runs of deploy.yml, by GitHub's interface. Each call rejects with DeliveryError (1) where GitHub does not answer as it documents. */
export function createDeployRuns({ apiUrl, repository, token }: Config): DeployRuns {
  const call = async (path: string, body?: unknown): Promise<{ address: string; text: string }> => {
    const address = `${apiUrl}/repos/${repository}/actions/${path}`;
    const { status, isOk, text } = await fetchText(address, {
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
      },
      ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
      timeoutMs: 30_000,
    });
    if (isOk) return { address, text };
    const isRefused = [401, 403, 404].includes(status);
    const hint = isRefused
      ? " GITHUB_TOKEN must be one that may read and write this repository's actions."
      : "";
    throw new DeliveryError(1, `${address} answered ${status}: ${text.slice(0, 300)}${hint}`);
  };
  const read = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> => {
    const { address, text } = await call(path);
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new DeliveryError(
      1,
      `${address} answered in another form than GitHub documents: ${z.prettifyError(parsed.error)}\nIs GITHUB_API_URL GitHub's interface?`,
    );
  };
  return {
    list: async () => {
      const answer = await read("workflows/deploy.yml/runs?branch=main&per_page=100", runsSchema);
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
      const { jobs } = await read(`runs/${id}/jobs?filter=latest&per_page=100`, jobsSchema);
      const steps = jobs.flatMap((job) => job.steps);
      return steps.some(({ name, conclusion }) => name === clusterStepName && conclusion === "failure");
    },
    start: async () => {
      await call("workflows/deploy.yml/dispatches", { ref: "main" });
    },
  };
}
