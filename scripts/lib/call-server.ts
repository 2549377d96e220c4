import { z } from "zod";

const problemSchema = z.object({ code: z.string(), detail: z.string().optional(), title: z.string() });

/** A refusal by the server. The message is the server's own, and for a missing key it says how to give one. */
export class ServerRefusal extends Error {
  override readonly name = "ServerRefusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Longest that one call may take, the embedding of a document included. */
const deadlineMs = 120_000;

/**
 * Calls a running server for a command, with a key where there is one, and gives the JSON of its answer; null for a status of
 * `absent`. Throws ServerRefusal, and an Error that says so where no answer of the server comes.
 */
export async function callServer(
  address: URL,
  init: RequestInit,
  key: string | undefined,
  absent: readonly number[] = [],
): Promise<unknown> {
  const headers = new Headers(init.headers);
  if (key) headers.set("authorization", `Bearer ${key}`);
  const { response, answer } = await exchange(address, { ...init, headers });
  if (response.ok) return answer;
  if (absent.includes(response.status)) return null;
  const problem = problemSchema.safeParse(answer);
  const message = problem.success ? (problem.data.detail ?? problem.data.title) : `HTTP ${response.status}`;
  const needsKey = response.status === 401 || response.status === 403;
  throw new ServerRefusal(
    response.status,
    `${address.pathname} of ${address.origin} answered ${response.status}: ${message}` +
      (needsKey
        ? " This command takes its key from SUPPORT_IT_AGENT_KEY; with the server stopped it needs none."
        : ""),
  );
}

/** One request, and the JSON that comes back. No second try: the server may have done the work, and the person knows best. */
async function exchange(address: URL, init: RequestInit): Promise<{ response: Response; answer: unknown }> {
  try {
    const response = await fetch(address, { ...init, signal: AbortSignal.timeout(deadlineMs) });
    return { response, answer: await response.json() };
  } catch (cause) {
    throw new Error(
      `The server at ${address.origin} gave no answer to ${address.pathname}: ${reasonOf(cause)}. ` +
        `See that it still runs (${address.origin}/readyz), then run the same command again.`,
      { cause },
    );
  }
}

/** In words that a person can use: fetch says "fetch failed" of everything, and why stands in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `none within ${deadlineMs / 1_000} s`;
  if (error instanceof SyntaxError) return "what came was no JSON";
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
