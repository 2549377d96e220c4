// A real HTTP server in the place of GitHub.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type StartWorkflowOptions, startWorkflow } from "./start-workflow.ts";

const token = "a-token-that-nobody-may-see";
const commit = "c".repeat(40);
type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

let server: Server;
let seen: { line: string; authorization: string | undefined; body: string }[];
let answers: (line: string) => Answer;
let options: StartWorkflowOptions;

beforeEach(async () => {
  seen = [];
  server = createServer(async (asked: IncomingMessage, answer) => {
    let body = "";
    for await (const chunk of asked) body += chunk;
    const line = `${asked.method} ${asked.url}`;
    seen.push({ line, authorization: asked.headers.authorization, body });
    const { status, body: content, headers } = answers(line);
    answer.writeHead(status, { connection: "close", ...headers });
    answer.end(
      content === undefined ? undefined : typeof content === "string" ? content : JSON.stringify(content),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const github = { repository: "company/agent", token, apiUrl, workflow: "deploy.yml" };
  options = { github, branch: "main", commit, polls: { count: 2, waitMs: 1 }, retryWaitMs: 1 };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const run = (path: string, head_sha = commit) => ({
  id: 7,
  html_url: "https://example.org/7",
  path,
  head_sha,
});
const runs = (...found: unknown[]): Answer => ({ status: 200, body: { workflow_runs: found } });
const posts = () => seen.filter(({ line }) => line.startsWith("POST"));

test("a run that the push has started is found, also at the second look, and none is asked for", async () => {
  answers = () => (seen.length === 1 ? runs() : runs(run(".github/workflows/deploy.yml@main")));
  expect(await startWorkflow(options)).toEqual({
    outcome: "running",
    runId: 7,
    url: "https://example.org/7",
  });
  expect(seen.map(({ line }) => line)).toEqual(
    Array(2).fill(`GET /repos/company/agent/actions/runs?head_sha=${commit}&per_page=100`),
  );
  expect(seen[0]?.authorization).toBe(`Bearer ${token}`);
});

test("where no run of this workflow is there, one is started on the branch, once", async () => {
  answers = (line) =>
    line.startsWith("GET")
      ? runs(run(".github/workflows/test.yml"), run(".github/workflows/deploy.yml", "d".repeat(40)))
      : { status: 204 };
  expect(await startWorkflow(options)).toEqual({ outcome: "dispatched", workflow: "deploy.yml" });
  expect(posts()).toMatchObject([
    { line: "POST /repos/company/agent/actions/workflows/deploy.yml/dispatches", body: '{"ref":"main"}' },
  ]);
});

test("without a repository or a token nothing is asked", async () => {
  for (const missing of ["repository", "token"] as const) {
    const github = { ...options.github, [missing]: undefined };
    expect(await startWorkflow({ ...options, github })).toEqual({ outcome: "not_configured" });
  }
  expect(seen).toEqual([]);
});

test.each([
  [401, "GITHUB_TOKEN is not valid"],
  [403, "needs Actions read and write"],
  [404, "no repository company/agent or no workflow deploy.yml"],
  [422, 'needs "on: workflow_dispatch"'],
])("a %i is said with what to mend, at once, and without the token", async (status, says) => {
  answers = (line) => (line.startsWith("GET") ? runs() : { status, body: { message: "GitHub's own words" } });
  const failure = await startWorkflow(options).catch((error) => error);
  expect(failure.message).toContain(says);
  expect(failure.message).toContain("GitHub's own words");
  expect(failure.message).toContain("The pointers are on the branch");
  expect(failure.message).not.toContain(token);
  expect(posts()).toHaveLength(1);
});

test("a fault of GitHub's own is tried again, and said when it stays", async () => {
  answers = () => (seen.length < 3 ? { status: 503 } : runs(run(".github/workflows/deploy.yml")));
  expect(await startWorkflow(options)).toMatchObject({ outcome: "running" });
  answers = () => ({ status: 502 });
  await expect(startWorkflow(options)).rejects.toThrow("GitHub answered 502 to GET");
});

test("asked to wait, it waits; nobody there, no JSON, another place: each is said", async () => {
  answers = () =>
    seen.length === 1
      ? { status: 403, headers: { "retry-after": "1" } }
      : runs(run(".github/workflows/deploy.yml"));
  expect(await startWorkflow(options)).toMatchObject({ outcome: "running" });
  answers = () => ({ status: 200, body: "<html>" });
  await expect(startWorkflow(options)).rejects.toThrow("no JSON");
  answers = () => ({ status: 302, headers: { location: "http://127.0.0.1:1/elsewhere" } });
  await expect(startWorkflow(options)).rejects.toThrow("was not reached");
  const github = { ...options.github, apiUrl: "http://127.0.0.1:1" };
  await expect(startWorkflow({ ...options, github })).rejects.toThrow(
    "was not reached at http://127.0.0.1:1",
  );
});

test("a dry run prints its requests, the token not among them, and makes none", async () => {
  const printed: string[] = [];
  await startWorkflow({ ...options, isDryRun: true, announce: (line) => printed.push(line) });
  expect([printed.length, printed.join().includes(token), seen]).toEqual([2, false, []]);
});
