import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";

export type WaitOptions = {
  /** Where the API answers, for example https://desk.example.org. */
  readonly apiUrl: string;
  /** A key with the scope monitor, where keys exist. */
  readonly key?: string | undefined;
  /** The bundle that is to serve. */
  readonly bundleHash: string;
  /** The bundle that served before; anything else than these two is another model. */
  readonly hashBefore: string;
  readonly timeoutMs: number;
  readonly pollMs: number;
  /** So many answers in a row, each over a connection of its own, must name the bundle: behind one address there may be several instances. */
  readonly answers: number;
  readonly signal: AbortSignal;
  /** Milliseconds since any moment; for tests. */
  readonly now?: () => number;
  /** Rejects when the signal aborts; for tests. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** What the last look showed. Only `served` is the end of waiting; each of the others may be so for a while. */
export type ServedState =
  | { readonly state: "served"; readonly modelVersion: string; readonly since: string }
  /** The API, or one instance of it, still serves the bundle from before. */
  | { readonly state: "not_yet"; readonly modelVersion: string }
  /** Every answer names the bundle, and model_deployments names another one, or none. */
  | { readonly state: "not_recorded"; readonly modelVersion: string; readonly recorded: string | null }
  /** Neither the bundle nor the one before: somebody shipped another one, or rolled back further. */
  | { readonly state: "another"; readonly modelVersion: string; readonly bundleHash: string }
  | { readonly state: "away"; readonly why: string }
  /** It answers, and not with what this asks for: the key, or the address. */
  | { readonly state: "refused"; readonly why: string };

const versionSchema = z.object({ model_version: z.string(), bundle_hash: z.string() });

const deploymentsSchema = z.object({
  deployments: z.array(
    z.object({
      bundle_hash: z.string(),
      model_version: z.string(),
      serving: z.boolean(),
      started_at: z.iso.datetime(),
    }),
  ),
});

/** Time for one answer of the API. */
const answerTimeoutMs = 10_000;

/**
 * Asks the API until all of it serves the bundle and model_deployments says so, or until `timeoutMs` is over: that is a result like the others, and
 * the next run may go on waiting. Rejects only when `signal` aborts, with its reason.
 */
export async function waitUntilServed(options: WaitOptions): Promise<ServedState> {
  const { now = Date.now, sleep = sleepFor, signal, timeoutMs, pollMs } = options;
  const until = now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const state = await look(options);
    signal.throwIfAborted();
    if (state.state === "served" || now() + pollMs > until) return state;
    await sleep(pollMs, signal);
  }
}

async function look(options: WaitOptions): Promise<ServedState> {
  const { bundleHash, hashBefore, answers } = options;
  let modelVersion = "";
  for (let answer = 0; answer < answers; answer += 1) {
    const found = await ask(options, "/version", versionSchema);
    if ("state" in found) return found;
    const { bundle_hash: served } = found.body;
    modelVersion = found.body.model_version;
    if (served === hashBefore && served !== bundleHash) return { state: "not_yet", modelVersion };
    if (served !== bundleHash) return { state: "another", modelVersion, bundleHash: served };
  }
  const found = await ask(options, "/monitoring/deployments?limit=1", deploymentsSchema);
  if ("state" in found) return found;
  const recorded = found.body.deployments.find(({ serving }) => serving);
  if (recorded?.bundle_hash === bundleHash) {
    return { state: "served", modelVersion, since: recorded.started_at };
  }
  return { state: "not_recorded", modelVersion, recorded: recorded?.model_version ?? null };
}

type Found<Body> = { readonly body: Body } | Extract<ServedState, { state: "away" | "refused" }>;

async function ask<Body>(
  { apiUrl, key, signal }: WaitOptions,
  path: string,
  schema: z.ZodType<Body>,
): Promise<Found<Body>> {
  const address = `${apiUrl.replace(/\/+$/, "")}${path}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, {
      // A connection that is kept would lead to the same instance each time.
      headers: { connection: "close", ...(key ? { authorization: `Bearer ${key}` } : {}) },
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]),
    });
    text = await response.text();
  } catch (error) {
    return { state: "away", why: `${address} does not answer: ${rootMessage(error)}` };
  }
  if (response.status >= 500) return { state: "away", why: `${address} answers ${response.status}` };
  if (response.status === 401 || response.status === 403) {
    const advice = "set SUPPORT_IT_AGENT_KEY to a key with the scope monitor (./scripts/keys create)";
    return { state: "refused", why: `${address} answers ${response.status}: ${advice}` };
  }
  const parsed = response.ok ? schema.safeParse(parseJson(text)) : undefined;
  if (parsed?.success) return { body: parsed.data };
  return {
    state: "refused",
    why: `${address} answers ${response.status} and not as this agent does: set API_URL to where it serves`,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch says "fetch failed" and keeps the reason inside. */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return rootMessage(error.cause);
  return "code" in error && typeof error.code === "string" && error.message === ""
    ? error.code
    : error.message;
}

async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
