import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { AskEvent, AskRequest } from "../../api/src/answer-question.ts";
import { type RunningServer, serveApp } from "../../api/src/node/serve-app.ts";
import { DatabaseUnavailableError } from "../../shared/src/database/database-unavailable-error.ts";
import { EmbedderBusyError } from "../../shared/src/embedder/embedder-busy-error.ts";
import { createTestApp, plainAnswer, plainEvents, type TestAppOptions } from "./create-test-app.ts";

const servers: RunningServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(0);
});

async function serve(options: TestAppOptions = {}) {
  const { app, deps, lines } = createTestApp(options);
  const server = await serveApp(app, { host: "127.0.0.1", port: 0 });
  servers.push(server);
  const ask = (body: object, init: RequestInit = {}) =>
    fetch(`${server.url}/ask`, {
      ...init,
      method: "POST",
      headers: { "content-type": "application/json", ...init.headers },
      body: JSON.stringify(body),
    });
  return { ask, url: server.url, deps, lines, server };
}

test("an answer has the keys of the interface and no others", async () => {
  const { ask } = await serve();
  const response = await ask({ question: "Mon VPN ne marche pas" });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    prediction_id: plainAnswer.predictionId,
    predicted_queue: "Network / Infrastructure",
    queue_confidence: 0.93,
    predicted_urgency: "high",
    urgency_confidence: 0.81,
    action: "answer",
    hand_off_reason: null,
    language: "fr",
    model_version: "test-1",
    response: "1. Vérifiez la connexion [1]",
    generated_by: "extractive",
    sources: [
      {
        n: 1,
        kind: "article",
        id: plainAnswer.predictionId,
        title: "VPN",
        url: null,
        quote: "Vérifiez.",
        relevance: "high",
      },
    ],
    similar_tickets: [],
    degraded: [],
  });
});

test("the request reaches the domain as it was sent, with its defaults", async () => {
  const requests: AskRequest[] = [];
  const { ask } = await serve({
    answerQuestion: (request) => {
      requests.push(request);
      return plainEvents(request);
    },
  });
  const conversation = [{ role: "user", content: "Bonjour" }];
  await ask({ question: " Ça marche ? ", conversation, top_k: 3 }, { headers: { "x-request-id": "r-1" } });
  await ask({ question: "a" });
  expect(requests[0]).toMatchObject({ question: " Ça marche ? ", conversation, topK: 3, requestId: "r-1" });
  expect(requests[1]).toMatchObject({ conversation: [], topK: 8 });
});

test.each([
  ["stream: true", { stream: true }, {}],
  ["Accept: text/event-stream", {}, { accept: "text/event-stream" }],
])("%s gives meta, delta, done and [DONE]", async (_, body, headers: Record<string, string>) => {
  const { ask } = await serve();
  const response = await ask({ question: "VPN", ...body }, { headers });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const blocks = (await response.text()).trimEnd().split("\n\n");
  expect(blocks.map((block) => block.split("\n")[0])).toEqual([
    "event: meta",
    "event: delta",
    "event: delta",
    "event: done",
    "data: [DONE]",
  ]);
  expect(dataOf(blocks[0])).toMatchObject({ predicted_queue: "Network / Infrastructure", action: "answer" });
  expect(dataOf(blocks[0])).not.toHaveProperty("response");
  expect(dataOf(blocks[1]).text + dataOf(blocks[2]).text).toBe(dataOf(blocks[3]).response);
});

test.each([
  ["text/event-stream", true],
  ["Text/Event-Stream", true],
  ["application/json, text/event-stream", true],
  ["text/event-stream;q=0.5, application/json;q=0.4", true],
  ["text/event-stream;q=0.9, */*;q=0.8", true],
  ["text/event-stream;q=0.5, application/json", false],
  ["text/event-stream;q=0.5, application/*", false],
  ["text/event-stream;q=0.5, */*", false],
  ["text/event-stream;q=0", false],
  ["text/event-stream;q=0, */*", false],
  ["application/json;profile=text/event-stream", false],
  ["*/*", false],
  ["nonsense;;q=", false],
])("Accept: %s wants events: %s", async (accept, isStream) => {
  const { ask } = await serve();
  const response = await ask({ question: "VPN" }, { headers: { accept } });
  await response.text();
  expect(response.headers.get("content-type")).toMatch(isStream ? "text/event-stream" : "application/json");
});

const dataOf = (block = "") => JSON.parse(block.split("\ndata: ")[1] ?? "");

test("a delta is on the wire before the next one is made", async () => {
  let goOn = () => {};
  const asked = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const { ask } = await serve({
    answerQuestion: async function* () {
      yield { type: "meta", meta: plainAnswer };
      yield { type: "delta", text: "first" };
      await asked;
      yield { type: "done", answer: plainAnswer };
    },
  });
  const reader = (await ask({ question: "VPN", stream: true }))
    .body!.pipeThrough(new TextDecoderStream())
    .getReader();
  let received = "";
  while (!received.includes("first")) received += (await reader.read()).value;
  goOn();
  for (let next = await reader.read(); !next.done; next = await reader.read()) received += next.value;
  expect(received).toContain("[DONE]");
});

test("a silent stream is kept alive by comments", async () => {
  const { ask } = await serve({
    limits: { heartbeatMs: 20 },
    answerQuestion: async function* () {
      yield { type: "meta", meta: plainAnswer };
      await sleep(150);
      yield { type: "done", answer: plainAnswer };
    },
  });
  const text = await (await ask({ question: "VPN", stream: true })).text();
  expect(text.match(/^: still working$/gm)?.length).toBeGreaterThanOrEqual(3);
  expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
});

test("an error after the headers is an error event with a problem, without [DONE] and without its cause", async () => {
  const { ask, lines } = await serve({
    answerQuestion: async function* () {
      yield { type: "meta", meta: plainAnswer };
      throw new Error("password of the database: hunter2");
    },
  });
  const response = await ask({ question: "VPN", stream: true }, { headers: { "x-request-id": "r-2" } });
  const blocks = (await response.text()).trimEnd().split("\n\n");
  expect(response.status).toBe(200);
  expect(blocks.at(-1)?.split("\n")[0]).toBe("event: error");
  expect(dataOf(blocks.at(-1))).toMatchObject({ code: "internal_error", status: 500, request_id: "r-2" });
  expect(blocks.join()).not.toMatch(/hunter2|DONE/);
  expect(lines.find((line) => line.includes("hunter2"))).toContain('"request_id":"r-2"');
});

const failingFirst = (error: unknown): TestAppOptions => ({
  // biome-ignore lint/correctness/useYield: it fails before its first event
  answerQuestion: async function* () {
    throw error;
  },
});

test.each([
  ["an unknown error", new Error("hunter2"), 500, "internal_error"],
  ["a full embedder", new EmbedderBusyError(2_048), 503, "overloaded"],
  ["a database that is away", new DatabaseUnavailableError("away", null), 503, "database_unavailable"],
  ["something that is no error", "hunter2", 500, "internal_error"],
])("%s before the first event is a plain problem, for a stream as well", async (_, error, status, code) => {
  const { ask } = await serve(failingFirst(error));
  for (const stream of [false, true]) {
    const response = await ask({ question: "VPN", stream });
    const body = await response.text();
    expect({ status: response.status, code: JSON.parse(body).code }).toEqual({ status, code });
    expect(body).not.toContain("hunter2");
    if (status === 503) expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  }
});

test("an answer that takes too long is a 504, and the work is told to stop", async () => {
  let reason: unknown;
  const { ask } = await serve({
    ...stuck((signal) => signal.addEventListener("abort", () => (reason = signal.reason))),
    limits: { askDeadlineMs: 50 },
  });
  const response = await ask({ question: "VPN" });
  expect(response.status).toBe(504);
  expect((await response.json()).code).toBe("deadline_exceeded");
  expect(reason).toMatchObject({ code: "deadline_exceeded" });
});

test("a stream that takes too long ends in an error event", async () => {
  const { ask } = await serve({
    limits: { askDeadlineMs: 50 },
    answerQuestion: async function* () {
      yield { type: "meta", meta: plainAnswer };
      await new Promise(() => {});
    },
  });
  const text = await (await ask({ question: "VPN", stream: true })).text();
  expect(text).toContain('"code":"deadline_exceeded"');
  expect(text).not.toContain("[DONE]");
});

/** Never gives an event; tells of the signal it was given. */
function stuck(onStart: (signal: AbortSignal) => void): TestAppOptions {
  return {
    answerQuestion: async function* ({ signal }): AsyncGenerator<AskEvent, void> {
      onStart(signal);
      await new Promise(() => {});
    },
  };
}

test.each([[false], [true]])(
  "a client that goes aborts the work and frees its slot (stream: %s)",
  async (stream) => {
    let aborted = () => {};
    const isAborted = new Promise<void>((resolve) => {
      aborted = resolve;
    });
    let started = () => {};
    const isStarted = new Promise<void>((resolve) => {
      started = resolve;
    });
    const { ask, deps } = await serve({
      limits: { askDeadlineMs: 600_000 },
      answerQuestion: async function* ({ signal }) {
        signal.addEventListener("abort", () => aborted());
        if (stream) yield { type: "meta", meta: plainAnswer };
        started();
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    });
    const client = new AbortController();
    const response = ask({ question: "VPN", stream }, { signal: client.signal }).then((r) => r.text());
    await isStarted;
    expect(deps.slots.running()).toBe(1);
    if (stream) await sleep(50);
    client.abort();
    await expect(response).rejects.toThrow();
    await isAborted;
    await expect.poll(() => deps.slots.running()).toBe(0);
  },
);

test("beyond the running and the waiting ones a question is refused at once; a waiting one gets its turn", async () => {
  const releases: (() => void)[] = [];
  const { ask, deps } = await serve({
    maxRunning: 1,
    maxWaiting: 1,
    answerQuestion: async function* (request) {
      await new Promise<void>((resolve) => releases.push(resolve));
      yield* plainEvents(request);
    },
  });
  const running = ask({ question: "first" });
  await expect.poll(() => releases.length).toBe(1);
  const waiting = ask({ question: "second" });
  await expect.poll(() => deps.slots.waiting()).toBe(1);
  const refused = await ask({ question: "third" });
  expect(refused.status).toBe(503);
  expect((await refused.json()).code).toBe("overloaded");
  expect(refused.headers.get("retry-after")).toBe("2");

  releases[0]?.();
  expect((await running).status).toBe(200);
  await expect.poll(() => releases.length).toBe(2);
  releases[1]?.();
  expect((await waiting).status).toBe(200);
  expect(deps.slots.running()).toBe(0);
});

test("a waiting question that its client gives up leaves the queue", async () => {
  const { ask, deps } = await serve({ ...stuck(() => {}), maxRunning: 1, maxWaiting: 1 });
  const first = new AbortController();
  const running = ask({ question: "first" }, { signal: first.signal }).catch(() => {});
  await expect.poll(() => deps.slots.running()).toBe(1);
  const second = new AbortController();
  const waiting = ask({ question: "second" }, { signal: second.signal }).catch(() => {});
  await expect.poll(() => deps.slots.waiting()).toBe(1);
  second.abort();
  await waiting;
  await expect.poll(() => deps.slots.waiting()).toBe(0);
  first.abort();
  await running;
  await expect.poll(() => deps.slots.running()).toBe(0);
});

test("no question and no path that a person typed is in the log", async () => {
  const { ask, url, lines } = await serve(failingFirst(new Error("broken")));
  await ask({ question: "my password is hunter2" });
  await fetch(`${url}/hunter2?q=hunter2`);
  await ask({ question: 7, hunter2: true });
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.join("\n")).not.toContain("hunter2");
});
