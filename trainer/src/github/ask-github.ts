import { setTimeout } from "node:timers/promises";
import { CliError } from "../cli-error.ts";
import type { TrainerConfig } from "../config.ts";

export type GithubPlace = Required<Pick<TrainerConfig["github"], "apiUrl">> & {
  readonly repository: string;
  readonly token: string;
  readonly workflow: string;
  readonly signal?: AbortSignal;
  /** First wait before a request is tried again; it doubles. */
  readonly retryWaitMs?: number;
};

const timeoutMs = 15_000;
const attempts = 4;

/**
 * One request to GitHub's interface, with the token in a header alone. Tried again where GitHub is not reached, is overloaded (429, 5xx) or asks to wait; a POST only where it is
 * sure that nothing was begun, or where being done twice does no harm (`isRepeatable`). Resolves with the JSON, null for no content. Rejects with CliError, which says what to mend.
 */
export async function askGithub(
  place: GithubPlace,
  path: string,
  request: { readonly method: "GET" | "POST"; readonly body?: unknown; readonly isRepeatable?: boolean } = {
    method: "GET",
  },
): Promise<unknown> {
  const { method, body, isRepeatable = method === "GET" } = request;
  const url = `${place.apiUrl.replace(/\/+$/, "")}/repos/${place.repository}${path}`;
  for (let attempt = 1; ; attempt++) {
    const answer = await fetchOnce(place, url, method, body);
    const isLast = attempt === attempts || !isRepeatable;
    if (answer instanceof Error) {
      if (place.signal?.aborted) throw new CliError("Asking GitHub was stopped: run this again to go on.");
      if (isLast) throw notReached(place, answer);
    } else if (answer.ok) {
      const text = await answer.text();
      return text === "" ? null : parseJson(text, url);
    } else if (isLast || !isTransient(answer)) {
      throw refusal(place, method, path, answer.status, await saidBy(answer));
    } else {
      await answer.body?.cancel();
    }
    const waitMs = (place.retryWaitMs ?? 1_000) * 2 ** (attempt - 1);
    await setTimeout(waitMs, undefined, place.signal ? { signal: place.signal } : {});
  }
}

async function fetchOnce(
  place: GithubPlace,
  url: string,
  method: string,
  body: unknown,
): Promise<Response | Error> {
  const limits = [AbortSignal.timeout(timeoutMs), ...(place.signal ? [place.signal] : [])];
  return fetch(url, {
    method,
    // An answer that leads elsewhere would take the token along.
    redirect: "error",
    signal: AbortSignal.any(limits),
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${place.token}`,
      "user-agent": "support-it-agent",
      "x-github-api-version": "2022-11-28",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}

function isTransient({ status, headers }: Response): boolean {
  return status === 429 || status >= 500 || (status === 403 && headers.has("retry-after"));
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError(
      `${url} answered with something that is no JSON: is GITHUB_API_URL GitHub's interface?`,
      { cause },
    );
  }
}

async function saidBy(answer: Response): Promise<string> {
  const text = await answer.text().catch(() => "");
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.){1,200})/.exec(text)?.[1];
  return message ? ` ("${message}")` : "";
}

/** By status: what is wrong, and what to do. The model is published by then; all that lacks is the rollout's start. */
function refusal(place: GithubPlace, method: string, path: string, status: number, said: string): CliError {
  const next: Record<number, string> = {
    401: "GITHUB_TOKEN is not valid, or has expired: make a new one",
    403: "the token may not do this: it needs Actions read and write on this repository (a fine-grained token or an App's)",
    404: `there is no repository ${place.repository} or no workflow ${place.workflow} that this token can see: look at GITHUB_REPOSITORY and GITHUB_WORKFLOW, and at the token's repositories`,
    422: `${place.workflow} cannot be started so: it needs "on: workflow_dispatch" on the branch, and the branch must exist`,
    429: "GitHub asks for fewer requests: wait some minutes",
  };
  const why =
    next[status] ??
    (status >= 500 ? "GitHub has a fault of its own: wait some minutes" : "look at the request");
  return new CliError(`GitHub answered ${status}${said} to ${method} ${path}: ${why}. ${afterwards(place)}`);
}

function notReached(place: GithubPlace, error: Error): CliError {
  const why = error.cause instanceof Error ? error.cause.message : error.message;
  return new CliError(
    `GitHub was not reached at ${place.apiUrl} (${why}): look at GITHUB_API_URL and the network. ${afterwards(place)}`,
    {
      cause: error,
    },
  );
}

function afterwards({ workflow }: GithubPlace): string {
  return `The pointers are on the branch and nothing is lost: then run this again, or start ${workflow} by hand.`;
}
