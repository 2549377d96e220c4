import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on loopback that speaks the part of GitHub's REST API that the trainer uses. */
export type RunningGithub = {
  readonly url: string;
  /** Inputs of the workflows that were started by API, in order. */
  readonly dispatched: { readonly workflow: string; readonly body: unknown }[];
  /** Commits for which a push has started a run. */
  readonly started: Set<string>;
  stop(): Promise<void>;
};

/** Starts it on a free port, with no run of any workflow. */
export async function startGithub(): Promise<RunningGithub> {
  const dispatched: RunningGithub["dispatched"] = [];
  const started = new Set<string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const answer = (status: number, body?: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    const workflow = /^\/repos\/[^/]+\/[^/]+\/actions\/workflows\/([^/]+)\/(runs|dispatches)$/.exec(
      url.pathname,
    );
    if (!request.headers.authorization) return answer(401, { message: "Requires authentication" });
    if (request.method === "POST" && workflow?.[2] === "dispatches") {
      let sent = "";
      request.on("data", (piece) => {
        sent += piece;
      });
      return request.on("end", () => {
        dispatched.push({ workflow: workflow[1] ?? "", body: JSON.parse(sent) });
        answer(204);
      });
    }
    if (url.pathname.endsWith("/runs")) {
      const sha = url.searchParams.get("head_sha") ?? "";
      const runs = started.has(sha)
        ? [{ id: 1, head_sha: sha, status: "queued", path: ".github/workflows/deploy.yml" }]
        : [];
      return answer(200, { total_count: runs.length, workflow_runs: runs });
    }
    return answer(404, { message: "Not Found" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dispatched,
    started,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
