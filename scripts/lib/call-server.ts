import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
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

export type ServerCall = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Longest that it may take; two minutes where nothing is said. */
  readonly deadlineMs?: number;
};

/**
 * Calls a running server for a command, with a key where there is one, and gives the JSON of its answer; null for an answer
 * without a body and for a status of `absent`. Throws ServerRefusal, and an Error that says so where no answer of the server comes.
 */
export async function callServer(
  address: URL,
  call: ServerCall,
  key: string | undefined,
  absent: readonly number[] = [],
): Promise<unknown> {
  const headers = { ...call.headers, ...(key ? { authorization: `Bearer ${key}` } : {}) };
  const { status, answer } = await exchange(address, { ...call, headers });
  if (status >= 200 && status < 300) return answer;
  if (absent.includes(status)) return null;
  const problem = problemSchema.safeParse(answer);
  const message = problem.success ? (problem.data.detail ?? problem.data.title) : `HTTP ${status}`;
  const needsKey = status === 401 || status === 403;
  throw new ServerRefusal(
    status,
    `${address.pathname} of ${address.origin} answered ${status}: ${message}` +
      (needsKey
        ? " This command takes its key from SUPPORT_IT_AGENT_KEY; with the server stopped it needs none."
        : ""),
  );
}

/**
 * One request, and the JSON that comes back. No second try: the server may have done the work, and the person knows best. Not by
 * fetch, which gives up after five minutes without an answer, whatever its caller allows.
 */
async function exchange(
  address: URL,
  { method = "GET", headers = {}, body, deadlineMs = 120_000 }: ServerCall,
): Promise<{ status: number; answer: unknown }> {
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const { request } = address.protocol === "https:" ? https : http;
    const sent = request(address, { method, headers, signal });
    const answered = once(sent, "response");
    // What breaks after the answer began shows in the answer.
    sent.on("error", () => {});
    sent.end(body);
    const [response]: IncomingMessage[] = await answered;
    const json = response ? await text(response) : "";
    return { status: response?.statusCode ?? 0, answer: json === "" ? null : JSON.parse(json) };
  } catch (cause) {
    const reason = signal.aborted ? `none within ${deadlineMs / 1_000} s` : reasonOf(cause);
    throw new Error(
      `The server at ${address.origin} gave no answer to ${address.pathname}: ${reason}. ` +
        `See that it still runs (${address.origin}/readyz), then run the same command again.`,
      { cause },
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SyntaxError) return "what came was no JSON";
  // Of several addresses that were tried, the message is empty.
  return error.message || ("code" in error ? String(error.code) : error.name);
}
