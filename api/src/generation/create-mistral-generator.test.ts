import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { resetEnv } from "@mistralai/mistralai/lib/env.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type MistralServer, startMistralServer } from "../../../test/mistral/start-mistral-server.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { createMistralGenerator, type MistralGeneratorOptions } from "./create-mistral-generator.ts";
import type { GenerationRequest } from "./generation.ts";
import { GenerationError } from "./generation-error.ts";

const apiKey = "sk-test-8f2c41d0";
let server: MistralServer;
const logged: string[] = [];

beforeAll(async () => {
  server = await startMistralServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
  logged.length = 0;
});

describe("a good answer", () => {
  test("arrives piece by piece, as it was sent", async () => {
    server.replyWith({ kind: "answer", deltas: ["1. Restart", " the client. [1]", "\n2. Réessayez. [1]"] });
    expect(await collect(generator())).toEqual(["1. Restart", " the client. [1]", "\n2. Réessayez. [1]"]);
  });

  test("is asked for with the model, a limit, the key in its header, and sources apart from instructions", async () => {
    server.replyWith({ kind: "answer", deltas: ["x"] });
    await collect(generator({ maxOutputTokens: 321 }));
    const [request] = server.requests;
    expect(request?.headers.authorization).toBe(`Bearer ${apiKey}`);
    expect(request?.body).toMatchObject({ model: "ministral-8b-2512", max_tokens: 321, stream: true });
    expect(request?.body.messages.map(({ role }) => role)).toEqual(["system", "user"]);
    expect(request?.body.messages[0]?.content).not.toContain("Quit the client");
    expect(request?.body.messages[1]?.content).toContain("Quit the client");
  });

  test("comes from any server, its address given with /v1 or without, and without a key where none is needed", async () => {
    server.replyWith({ kind: "answer", deltas: ["x"] });
    expect(await collect(generator({ serverUrl: `${server.url}/v1/`, apiKey: "" }))).toEqual(["x"]);
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  test("leaves out what a reasoning model thinks aloud", async () => {
    const thought = { type: "thinking", thinking: [{ type: "text", text: "hm" }] };
    const content = JSON.stringify([thought, { type: "text", text: "Restart. [1]" }]);
    const raw = `data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":${content}},"finish_reason":"stop"}]}\n\n`;
    server.replyWith({ kind: "raw_after", deltas: [], raw });
    expect(await collect(generator())).toEqual(["Restart. [1]"]);
  });
});

describe("what a reasoning model thinks aloud before its answer is left out", () => {
  test.each([
    "<think>\nSource [1] says so. NO_ANSWER? No.\n</think>\n\n1. Restart. [1] 2 < 3",
    "\n<THINK>İİ</b></THINK><think></think>\n\n1. Restart. [1] 2 < 3",
    "[THINK]It is [1].[/THINK]\n\n1. Restart. [1] 2 < 3",
  ])("%j, split anywhere", async (text) => {
    for (let size = 1; size <= 20; size += 1) {
      server.replyWith({ kind: "answer", deltas: text.match(new RegExp(`[\\s\\S]{1,${size}}`, "gu")) ?? [] });
      expect((await collect(generator())).join("")).toBe("\n\n1. Restart. [1] 2 < 3");
    }
  });

  test.each(["[1] <think>", "<thin", "  [", " <b>x</b>", "< think>"])(
    "but %j is no thought",
    async (text) => {
      server.replyWith({ kind: "answer", deltas: [...text] });
      expect((await collect(generator())).join("")).toBe(text);
    },
  );

  test("and an answer that ends in a thought is none", async () => {
    server.replyWith({ kind: "answer", deltas: ["<think>Restart. [1] ", "<think></think", " >"] });
    const said: string[] = [];
    await expectFailure(generator(), "cut_off", said);
    expect(said).toEqual([]);
  });

  test("and its length counts", async () => {
    server.replyWith({
      kind: "answer",
      deltas: ["<think>", ...Array(100).fill("word "), "</think>Restart. [1]"],
    });
    await expectFailure(generator({ maxOutputTokens: 20 }), "cut_off");
  });
});

describe("a server's own dialect is understood", () => {
  const base = { id: "1", object: "chat.completion.chunk", created: 1, model: "m" };
  const choice = (delta: unknown, finish_reason: unknown = null) => ({ index: 0, delta, finish_reason });
  const end = { ...base, choices: [choice({}, "stop")] };
  const event = (chunk: unknown) => `data: ${JSON.stringify(chunk)}\n\n`;
  const bothDeltas = ["1. Redémarrez", " le client 😀. [1]"];
  const streamOf = (chunkOf: (content: string) => unknown, ...last: unknown[]) =>
    `${[...bothDeltas.map(chunkOf), ...last].map(event).join("")}data: [DONE]\n\n`;

  const dialects: Record<string, string> = {
    "usage: null in each chunk": streamOf(
      (content) => ({ ...base, choices: [choice({ role: null, content, tool_calls: null })], usage: null }),
      { ...end, usage: null },
    ),
    "a finish_reason in the last chunk alone": streamOf(
      (content) => ({ ...base, choices: [{ index: 0, delta: { content } }] }),
      end,
    ),
    "an empty finish_reason": streamOf((content) => ({ ...base, choices: [choice({ content }, "")] }), end),
    "neither id nor model nor index": streamOf((content) => ({ choices: [{ delta: { content } }] }), {
      choices: [{ finish_reason: "stop" }],
    }),
    "id, model and created of other types": streamOf(
      (content) => ({ ...base, id: 7, model: null, created: 1.5, choices: [choice({ content })] }),
      end,
    ),
    "content null, absent, and no delta at all": streamOf(
      (content) => ({ ...base, choices: [choice({ content })] }),
      { ...base, choices: [choice({ content: null })] },
      { ...base, choices: [choice({ role: "assistant" })] },
      { ...base, choices: [choice(null)] },
      { ...base, choices: [{ index: 0, finish_reason: "stop" }] },
    ),
    "chunks without choices, usage with fields of its own": streamOf(
      (content) => ({ ...base, choices: [choice({ content })] }),
      { ...base, choices: [] },
      { ...base, choices: null },
      { usage: { prompt_tokens: 1.5, prompt_tokens_details: null } },
      end,
    ),
    "fields that the API does not have": streamOf(
      (content) => ({ ...base, choices: [{ ...choice({ content }), logprobs: null, token_ids: null }] }),
      { ...end, system_fingerprint: "b1", timings: { a: 1.5 } },
    ),
    "comments, event names and CRLF": streamOf((content) => ({ choices: [{ delta: { content } }] }), end)
      .replaceAll("data: {", ": keepalive\n\nevent: message\ndata:{")
      .replaceAll("\n", "\r\n"),
    "lines that end in CR": streamOf((content) => ({ choices: [{ delta: { content } }] }), end).replaceAll(
      "\n",
      "\r",
    ),
    "no empty line at the end": streamOf((content) => ({ ...base, choices: [choice({ content })] })).replace(
      "data: [DONE]\n\n",
      event(end).trimEnd(),
    ),
  };

  test.each(Object.entries(dialects))("%s", async (_, raw) => {
    const circuitBreaker = createCircuitBreaker({ failureThreshold: 1, openMs: 30_000 });
    server.replyWith({ kind: "raw_after", deltas: [], raw });
    expect(await collect(generator({ circuitBreaker }))).toEqual(bothDeltas);
    expect(server.requests).toHaveLength(1);
    expect(circuitBreaker.state()).toBe("closed");
  });

  test.each(Object.entries(dialects))("%s, whatever the bytes arrive in", async (_, raw) => {
    const bytes = new TextEncoder().encode(raw);
    const parts = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, i) =>
      bytes.subarray(3 * i, 3 * i + 3),
    );
    server.replyWith({ kind: "raw_after", deltas: [], raw: parts });
    expect(await collect(generator())).toEqual(bothDeltas);
  });

  test("but a piece is passed on before the next one arrives", async () => {
    server.replyWith({ kind: "hang_after", deltas: ["1. Restart"] });
    for await (const piece of generator().generate(request())) {
      expect(piece).toBe("1. Restart");
      break;
    }
  });

  test.each([
    ["an error in place of a chunk", event({ error: { message: "boom", code: 500 } })],
    ["an error beside choices", event({ ...base, choices: [], error: { message: "boom" } })],
    ["a line that does not end", `data: ${"x".repeat(1_100_000)}`],
  ])("but not %s", async (_, raw) => {
    server.replyWith({ kind: "raw_after", deltas: ["1. Restart"], raw });
    await expectFailure(generator(), "cut_off");
  });
});

describe("before the first token, a second attempt", () => {
  test.each([429, 500, 502, 503, 504])("follows HTTP %i", async (status) => {
    server.replyWith({ kind: "status", status }, { kind: "answer", deltas: ["ok"] });
    expect(await collect(generator())).toEqual(["ok"]);
    expect(server.requests).toHaveLength(2);
  });

  test("follows a connection that was cut", async () => {
    server.replyWith({ kind: "cut_after", deltas: [] }, { kind: "answer", deltas: ["ok"] });
    expect(await collect(generator())).toEqual(["ok"]);
  });

  test("waits as long as Retry-After says", async () => {
    server.replyWith(
      { kind: "status", status: 429, headers: { "retry-after": "1" } },
      { kind: "answer", deltas: ["ok"] },
    );
    const startedMs = performance.now();
    await collect(generator());
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(990);
  });

  test("does not follow a Retry-After that is longer than the time for the first token", async () => {
    server.replyWith({ kind: "status", status: 429, headers: { "retry-after": "120" } });
    await expectFailure(generator(), "rate_limited");
    expect(server.requests).toHaveLength(1);
  });

  test("understands Retry-After as a date", async () => {
    const inTwoMinutes = new Date(Date.now() + 120_000).toUTCString();
    server.replyWith({ kind: "status", status: 503, headers: { "retry-after": inTwoMinutes } });
    await expectFailure(generator(), "unreachable");
    expect(server.requests).toHaveLength(1);
  });

  test("is bounded: three attempts and no more", async () => {
    server.replyWith({ kind: "status", status: 500 });
    await expectFailure(generator(), "unreachable");
    expect(server.requests).toHaveLength(3);
  });

  test.each([400, 401, 403, 404, 422])(
    "does not follow HTTP %i, which says that it would not help",
    async (status) => {
      server.replyWith({ kind: "status", status });
      await expectFailure(generator(), "refused");
      expect(server.requests).toHaveLength(1);
    },
  );

  test("does not follow an answer that is no event stream", async () => {
    server.replyWith({
      kind: "status",
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<p>hi",
    });
    const error = await expectFailure(generator(), "refused");
    expect(error.message).toContain("MISTRAL_SERVER_URL");
  });
});

test("a server that is not there is unreachable", async () => {
  const gone = await startMistralServer();
  await gone.close();
  await expectFailure(generator({ serverUrl: gone.url }), "unreachable");
});

describe("a deadline", () => {
  test("ends a server that takes the request and says nothing, and closes the connection", async () => {
    server.replyWith({ kind: "hang_before_headers" });
    await expectFailure(generator({ firstTokenMs: 700 }), "timeout");
    expect(server.requests).toHaveLength(1);
    expect(await server.requests[0]?.hungUp).toBe(true);
  });

  test("ends headers that no token follows", async () => {
    server.replyWith({ kind: "hang_after", deltas: [] });
    await expectFailure(generator({ firstTokenMs: 700 }), "timeout");
    expect(await server.requests[0]?.hungUp).toBe(true);
  });

  test("ends a silence between two tokens, after what was said", async () => {
    server.replyWith({ kind: "hang_after", deltas: ["1. Restart"] });
    const said: string[] = [];
    await expectFailure(generator({ betweenTokensMs: 700 }), "timeout", said);
    expect(said).toEqual(["1. Restart"]);
    expect(await server.requests[0]?.hungUp).toBe(true);
  });

  test("ends an answer that drips on for ever", async () => {
    server.replyWith({ kind: "answer", deltas: Array(2_000).fill("a "), betweenMs: 20 });
    await expectFailure(generator({ wholeAnswerMs: 1_500 }), "timeout");
    expect(await server.requests[0]?.hungUp).toBe(true);
  });
});

describe("what the request has left", () => {
  test("bounds the wait for the first token", async () => {
    server.replyWith({ kind: "hang_before_headers" });
    const waiting = collect(generator(), { writeUntilMs: performance.now() + 700 });
    await expect(waiting).rejects.toMatchObject({ reason: "timeout" });
    expect(await server.requests[0]?.hungUp).toBe(true);
  });

  test("bounds the whole answer", async () => {
    server.replyWith({ kind: "answer", deltas: Array(2_000).fill("a "), betweenMs: 20 });
    const dripping = collect(generator(), { writeUntilMs: performance.now() + 1_500 });
    await expect(dripping).rejects.toMatchObject({ reason: "timeout" });
    expect(await server.requests[0]?.hungUp).toBe(true);
  });

  test("is nothing: then nothing is sent, and the server is not to blame", async () => {
    const circuitBreaker = createCircuitBreaker({ failureThreshold: 1, openMs: 30_000 });
    const late = collect(generator({ circuitBreaker }), { writeUntilMs: performance.now() - 1 });
    await expect(late).rejects.toMatchObject({ reason: "timeout" });
    expect(server.requests).toHaveLength(0);
    expect(circuitBreaker.state()).toBe("closed");
  });
});

describe("in mid-stream, the answer is cut off and not asked for again", () => {
  const deltas = ["1. Restart", " the client. [1]\n"];

  test.each([
    ["a socket that is cut", { kind: "cut_after", deltas }],
    ["a chunk that is no JSON", { kind: "raw_after", deltas, raw: "data: {oops\n\n" }],
    ["a chunk of another shape", { kind: "raw_after", deltas, raw: 'data: {"choices": 7}\n\n' }],
    [
      "an error event",
      { kind: "raw_after", deltas, raw: 'event: error\ndata: {"message":"overloaded"}\n\n' },
    ],
    ["an end without a finish reason", { kind: "raw_after", deltas, raw: "" }],
    ["[DONE] without a finish reason", { kind: "answer", deltas, finishReason: null }],
    ["finish_reason length", { kind: "answer", deltas, finishReason: "length" }],
    ["finish_reason error", { kind: "answer", deltas, finishReason: "error" }],
    ["a finish_reason that nobody knows", { kind: "answer", deltas, finishReason: "bored" }],
  ] as const)("by %s", async (_, reply) => {
    server.replyWith(reply);
    const said: string[] = [];
    await expectFailure(generator(), "cut_off", said);
    expect(said).toEqual(deltas);
    expect(server.requests).toHaveLength(1);
  });

  test("by an answer that outgrows its limit, even where the server does not keep to max_tokens", async () => {
    server.replyWith({ kind: "answer", deltas: Array(100).fill("word ") });
    await expectFailure(generator({ maxOutputTokens: 20 }), "cut_off");
  });
});

describe("the upstream connection closes", () => {
  test("when the caller aborts in mid-stream, and the caller's own reason is thrown", async () => {
    server.replyWith({ kind: "hang_after", deltas: ["1. Restart"] });
    const caller = new AbortController();
    const reason = new Error("the client went away");
    const reading = (async () => {
      for await (const _ of generator().generate(request({ signal: caller.signal }))) caller.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
    expect(await server.requests[0]?.hungUp).toBe(true);
  });

  test("when the caller aborts before the first token", async () => {
    const { signal, reason } = abortOnArrival();
    await expect(collect(generator(), { signal })).rejects.toBe(reason);
    expect(await server.requests[0]?.hungUp).toBe(true);
  });

  test("when the caller aborts long after, and garbage was collected meanwhile", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage: () => void = runInNewContext("gc");
    const caller = new AbortController();
    server.replyWith({ kind: "hang_before_headers" });
    const waiting = collect(generator(), { signal: caller.signal });
    await expect.poll(() => server.requests.length).toBe(1);
    for (let round = 0; round < 10; round += 1) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    caller.abort(new Error("the client went away"));
    await expect(waiting).rejects.toThrow("the client went away");
    expect(await server.requests[0]?.hungUp).toBe(true);
  }, 5_000);

  test("when the reader stops reading", async () => {
    server.replyWith({ kind: "hang_after", deltas: ["1. Restart"] });
    for await (const _ of generator().generate(request())) break;
    expect(await server.requests[0]?.hungUp).toBe(true);
  });

  test("not at all when the caller was gone before: nothing is sent", async () => {
    server.replyWith({ kind: "answer", deltas: ["x"] });
    await expect(collect(generator(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(server.requests).toHaveLength(0);
  });
});

describe("the circuit", () => {
  test("opens after failures in a row, sends nothing while open, and closes again after a good probe", async () => {
    let nowMs = 0;
    const circuitBreaker = createCircuitBreaker({ failureThreshold: 2, openMs: 30_000, nowMs: () => nowMs });
    const one = generator({ circuitBreaker, maxAttempts: 1 });
    server.replyWith({ kind: "status", status: 500 });
    await expectFailure(one, "unreachable");
    await expectFailure(one, "unreachable");
    await expectFailure(one, "circuit_open");
    expect(server.requests).toHaveLength(2);

    nowMs = 30_000;
    server.replyWith({ kind: "answer", deltas: ["ok"] });
    expect(await collect(one)).toEqual(["ok"]);
    expect(circuitBreaker.state()).toBe("closed");
  });

  test("stays closed for refusals and for callers that leave: neither says that the server is ill", async () => {
    const circuitBreaker = createCircuitBreaker({ failureThreshold: 1, openMs: 30_000 });
    const one = generator({ circuitBreaker });
    server.replyWith({ kind: "status", status: 422 });
    await expectFailure(one, "refused");
    const { signal, reason } = abortOnArrival();
    await expect(collect(one, { signal })).rejects.toBe(reason);
    expect(circuitBreaker.state()).toBe("closed");
  });
});

test("the key stands in no error and no log line, even where the key itself is what is wrong", async () => {
  const badKey = "sk-bad\nsecond-line";
  const errors: GenerationError[] = [];
  errors.push(await expectFailure(generator({ apiKey: badKey }), "refused"));
  for (const status of [401, 429, 500]) {
    server.replyWith({ kind: "status", status, body: `{"message":"your key ${apiKey} is wrong"}` });
    errors.push(await expectFailure(generator({ maxAttempts: 2 }), /./));
  }
  const seen = [
    ...errors.map((error) => `${error.message} ${error.stack} ${String(error.cause)}`),
    ...logged,
  ].join("\n");
  expect(logged.length).toBeGreaterThan(0);
  expect(seen).not.toContain(apiKey);
  expect(seen).not.toContain("sk-bad");
});

test("MISTRAL_DEBUG, which makes the SDK print each request with its key, has no effect", async () => {
  const print = vi.spyOn(console, "log").mockImplementation(() => {});
  vi.stubEnv("MISTRAL_DEBUG", "true");
  resetEnv();
  try {
    server.replyWith({ kind: "answer", deltas: ["ok"] });
    await collect(generator());
    expect(print).not.toHaveBeenCalled();
  } finally {
    vi.unstubAllEnvs();
    resetEnv();
    print.mockRestore();
  }
});

/** A caller that leaves as soon as the server has the request. */
function abortOnArrival() {
  const caller = new AbortController();
  const reason = new Error("the caller left");
  server.replyWith(() => {
    caller.abort(reason);
    return { kind: "hang_before_headers" };
  });
  return { signal: caller.signal, reason };
}

function generator(options: Partial<MistralGeneratorOptions> = {}) {
  return createMistralGenerator({
    apiKey,
    model: "ministral-8b-2512",
    serverUrl: server.url,
    retryWaitMs: 10,
    firstTokenMs: 20_000,
    log: { warn: (fields, message) => logged.push(`${JSON.stringify(fields)} ${message}`) },
    ...options,
  });
}

function request(changes: Partial<GenerationRequest> = {}): GenerationRequest {
  const content = "1. Quit the client and start it again.";
  return {
    question: "Mon VPN ne marche pas",
    conversation: [],
    language: "fr",
    queue: "Network / Infrastructure",
    urgency: "medium",
    sources: [
      { n: 1, kind: "article", title: "My VPN does not connect", content, language: "en", relevance: "high" },
    ],
    writeUntilMs: performance.now() + 60_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

async function collect(
  from: ReturnType<typeof generator>,
  changes: Partial<GenerationRequest> = {},
  said: string[] = [],
): Promise<string[]> {
  for await (const piece of from.generate(request(changes))) said.push(piece);
  return said;
}

async function expectFailure(
  from: ReturnType<typeof generator>,
  reason: string | RegExp,
  said: string[] = [],
): Promise<GenerationError> {
  const error = await collect(from, {}, said).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GenerationError);
  expect((error as GenerationError).reason).toMatch(reason);
  return error as GenerationError;
}
