// What serves against what main says: a real git repository, and local HTTP servers in place of GitHub and the API.
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { clusterStepName } from "../../scripts/delivery/create-deploy-runs.ts";
import { createRepository, type Repository } from "./create-repository.ts";
import { pointerCommit } from "./pointer-commit.ts";
import { runScript } from "./run-script.ts";
import { type ServedApi, startServedApi } from "./start-served-api.ts";

// Each step starts a program or two.
vi.setConfig({ testTimeout: 180_000 });

const workflowFile = fileURLToPath(new URL("../../.github/workflows/deploy.yml", import.meta.url));

type Run = { commit: string; status?: string; conclusion: string | null; clusterStep?: string };

let repository: Repository;
let api: ServedApi;
let github: Server;
let runs: Run[];
let started: string[];
let served: string;
let head: string;

beforeEach(async () => {
  [runs, started, served] = [[], [], "a"];
  repository = await createRepository();
  const { message, files } = pointerCommit("a");
  const workflow = await readFile(workflowFile, "utf8");
  head = await repository.commit(message, {
    ...files,
    "docs/a.md": "",
    ".github/workflows/deploy.yml": workflow,
  });
  api = await startServedApi(async () => served);
  github = createServer(async (request, response) => {
    const path = request.url ?? "";
    expect(request.headers.authorization).toBe("Bearer token");
    if (request.method === "POST") {
      let body = "";
      for await (const chunk of request) body += chunk;
      started.push(`${path} ${body}`);
      return response.writeHead(204).end();
    }
    const jobsOf = /\/runs\/(\d+)\/jobs/.exec(path)?.[1];
    const conclusion = runs[Number(jobsOf)]?.clusterStep ?? "skipped";
    const answer = jobsOf
      ? { jobs: [{ name: "any", conclusion: "failure", steps: [{ name: clusterStepName, conclusion }] }, {}] }
      : {
          workflow_runs: runs.map(({ commit, status = "completed", conclusion }, id) => ({
            ...{ id, head_sha: commit, status, conclusion, html_url: `run ${id}` },
          })),
        };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => github.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  await new Promise((resolve) => github.close(resolve));
  await api.close();
  await repository.remove();
});

const reconcile = (...more: string[]) =>
  runScript("reconcile", ["--url", api.url, "--main", "main", "--repository", repository.root, ...more], {
    GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
    GITHUB_REPOSITORY: "example/agent",
    GITHUB_TOKEN: "token",
  });

const dispatch = '/repos/example/agent/actions/workflows/deploy.yml/dispatches {"ref":"main"}';

describe("happy", () => {
  test("where main's bundle serves and a run of its state succeeded, nothing is started", async () => {
    runs = [{ commit: head, conclusion: "success" }];
    expect(await reconcile()).toMatchObject({
      exitCode: 0,
      stdout: "main's bundle a serves, and its code.\n",
    });
    expect(started).toEqual([]);
  });

  test("a document pushed after the deployment is no difference", async () => {
    runs = [{ commit: head, conclusion: "success" }];
    await repository.commit("A sentence", { "docs/a.md": "more" });
    await reconcile();
    expect(started).toEqual([]);
  });

  test("where another bundle serves, deploy.yml is started on main, once", async () => {
    [runs, served] = [[{ commit: head, conclusion: "success" }], "b"];
    expect(await reconcile()).toMatchObject({ exitCode: 0 });
    expect(started).toEqual([dispatch]);
  });

  test("code that no run has deployed is deployed, though the bundle is the same", async () => {
    runs = [{ commit: head, conclusion: "success" }];
    await repository.commit("A route", { "api/src/app.ts": "more" });
    await reconcile();
    expect(started).toEqual([dispatch]);
  });

  test("a run that was cancelled for a newer one, or skipped, counts neither as done nor as failed", async () => {
    runs = [
      { commit: head, conclusion: "cancelled" },
      { commit: head, conclusion: "skipped" },
    ];
    await reconcile();
    expect(started).toEqual([dispatch]);
  });

  test("an API that was never deployed to is deployed to", async () => {
    served = "";
    await reconcile();
    expect(started).toEqual([dispatch]);
  });
});

describe("no loop", () => {
  test("while a run is under way none is started", async () => {
    [runs, served] = [[{ commit: head, status: "queued", conclusion: null }], "b"];
    expect((await reconcile()).stdout).toContain("A deployment is under way (run 0)");
    expect(started).toEqual([]);
  });

  test("what was deployed and undone is not deployed again, also when a document follows", async () => {
    [runs, served] = [[{ commit: head, conclusion: "failure", clusterStep: "failure" }], "b"];
    for (const _ of [1, 2]) {
      const ended = await reconcile();
      expect(ended.exitCode).toBe(2);
      expect(ended.stderr).toContain("run 0 has tried just that in the cluster");
      await repository.commit("A sentence", { "docs/a.md": String(Math.random()) });
    }
    expect(started).toEqual([]);
  });

  test("what failed before it reached the cluster is tried again, three times at most", async () => {
    const failure = { commit: head, conclusion: "failure" };
    [runs, served] = [[failure, failure], "b"];
    await reconcile();
    expect(started).toHaveLength(1);
    runs = [failure, failure, failure];
    expect((await reconcile()).exitCode).toBe(2);
    expect(started).toHaveLength(1);
  });

  test("the step whose failure counts is the one of deploy.yml that deploys", async () => {
    const { jobs } = parse(await readFile(workflowFile, "utf8"));
    const step = jobs.deploy.steps.find(({ name }: { name?: string }) => name === clusterStepName);
    expect(step.run).toContain("./scripts/deploy --overlay");
  });
});

describe("error", () => {
  test("an API that was deployed and does not answer is broken: the same once more would mend nothing", async () => {
    [runs, served] = [[{ commit: head, conclusion: "success" }], ""];
    const ended = await reconcile();
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stderr).toContain("/version answered 503");
    expect(started).toEqual([]);
  });

  test("a dry run starts nothing, and says what it would", async () => {
    served = "b";
    expect((await reconcile("--dry-run")).stdout).toContain("Would start deploy.yml");
    expect(started).toEqual([]);
  });

  test.each([
    [
      "refuses",
      403,
      "Resource not accessible",
      /answered 403: Resource not accessible GITHUB_TOKEN must be one/,
    ],
    ["answers with a page", 200, "<html>", /another form than GitHub documents: .*Is GITHUB_API_URL/s],
    ["answers in another form", 200, '{"runs":[]}', /another form than GitHub documents: .*workflow_runs/s],
  ])(
    "where GitHub %s it is broken, and the message has the address and not the token",
    async (...[, status, body, said]) => {
      await new Promise((resolve) => github.close(resolve));
      github = createServer((_request, response) => response.writeHead(status).end(body));
      await new Promise<void>((resolve) => github.listen(0, "127.0.0.1", resolve));
      const ended = await reconcile();
      expect(ended.exitCode).toBe(1);
      expect(ended.stderr).toMatch(said);
      expect(ended.stderr).not.toMatch(/\btoken\b|\n +at /);
    },
  );

  test("an option that it does not know is named, with those that it does", async () => {
    const ended = await reconcile("--dryrun");
    expect(ended.stderr).toMatch(/^Unknown option '--dryrun'.*Usage: /s);
    expect(ended.stderr).not.toMatch(/\n +at /);
  });
});
