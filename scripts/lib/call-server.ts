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
 * `absent`. Throws ServerRefusal.
 */
export async function callServer(
  address: URL,
  init: RequestInit,
  key: string | undefined,
  absent: readonly number[] = [],
): Promise<unknown> {
  const headers = new Headers(init.headers);
  if (key) headers.set("authorization", `Bearer ${key}`);
  const response = await fetch(address, { ...init, headers, signal: AbortSignal.timeout(deadlineMs) });
  const answer: unknown = await response.json();
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
