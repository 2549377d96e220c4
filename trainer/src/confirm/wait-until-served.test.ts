import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type WaitOptions, waitUntilServed } from "./wait-until-served.ts";

const [oldHash, newHash, otherHash] = ["0".repeat(64), "1".repeat(64), "2".repeat(64)];
const since = "2026-11-22T09:30:00.000Z";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server?.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An API of which `servedBy` tells what the nth answer of /version names, and `recorded` what model_deployments says. */
function api(servedBy: (answer: number) => string, recorded: () => string | null): RequestListener {
  let answer = 0;
  return (request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url === "/version") {
      const hash = servedBy(answer);
      answer += 1;
      response.end(JSON.stringify({ version: "1", model_version: `v${hash[0]}`, bundle_hash: hash }));
      return;
    }
    expect(request.url).toBe("/monitoring/deployments?limit=1");
    const hash = recorded();
    const deployments = hash
      ? [{ bundle_hash: hash, model_version: `v${hash[0]}`, serving: true, started_at: since }]
      : [];
    response.end(JSON.stringify({ deployments, next_cursor: null }));
  };
}

/** Waits on a clock that only sleeping moves. */
function waitOn(apiUrl: string, change: Partial<WaitOptions> = {}) {
  let time = 0;
  const waiting = waitUntilServed({
    apiUrl,
    bundleHash: newHash,
    hashBefore: oldHash,
    timeoutMs: 60_000,
    pollMs: 10_000,
    answers: 3,
    signal: new AbortController().signal,
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
    ...change,
  });
  return waiting.then((state) => ({ state, waitedMs: time }));
}

test("it waits until the bundle serves and is recorded, and says since when", async () => {
  const url = await serve(
    api(
      (answer) => (answer < 2 ? oldHash : newHash),
      () => newHash,
    ),
  );
  expect(await waitOn(url)).toEqual({
    state: { state: "served", modelVersion: "v1", since },
    waitedMs: 20_000,
  });
});

test("one answer of an old instance among several begins the count anew", async () => {
  const served = [newHash, newHash, oldHash, newHash, oldHash, newHash, newHash, newHash];
  const url = await serve(
    api(
      (answer) => served[answer] ?? "none",
      () => newHash,
    ),
  );
  expect(await waitOn(url)).toMatchObject({ state: { state: "served" }, waitedMs: 20_000 });
});

test("every answer comes over a connection of its own, so that a balancer may choose another instance", async () => {
  const url = await serve(
    api(
      () => newHash,
      () => newHash,
    ),
  );
  let connections = 0;
  server?.on("connection", () => {
    connections += 1;
  });
  await waitOn(url, { answers: 5 });
  expect(connections).toBe(6);
});

test.each<[string, () => RequestListener, object]>([
  [
    "the bundle before still serves",
    () =>
      api(
        () => oldHash,
        () => oldHash,
      ),
    { state: "not_yet", modelVersion: "v0" },
  ],
  [
    "another bundle serves instead",
    () =>
      api(
        () => otherHash,
        () => otherHash,
      ),
    { state: "another", modelVersion: "v2", bundleHash: otherHash },
  ],
  [
    "it serves, and another is recorded",
    () =>
      api(
        () => newHash,
        () => oldHash,
      ),
    { state: "not_recorded", modelVersion: "v1", recorded: "v0" },
  ],
  [
    "it serves, and nothing is recorded",
    () =>
      api(
        () => newHash,
        () => null,
      ),
    { state: "not_recorded", modelVersion: "v1", recorded: null },
  ],
  [
    "the gateway finds no instance",
    () => (_, response) => void response.writeHead(503).end("no upstream"),
    { state: "away", why: expect.stringMatching(/\/version answers 503/) },
  ],
  [
    "a key is missing",
    () => (_, response) => void response.writeHead(401).end("{}"),
    { state: "refused", why: expect.stringContaining("scope monitor") },
  ],
  [
    "something else answers there",
    () => (_, response) => void response.end("<html>"),
    { state: "refused", why: expect.stringContaining("API_URL") },
  ],
])("after the time-out the last look is the result: %s", async (_, listener, state) => {
  expect(await waitOn(await serve(listener()))).toEqual({ state, waitedMs: 60_000 });
});

test("an API that is away is a result, and one that comes back is seen", async () => {
  const away = await waitOn("http://127.0.0.1:1");
  expect(away).toMatchObject({ state: { state: "away", why: expect.stringContaining("does not answer") } });
  let requests = 0;
  const healthy = api(
    () => newHash,
    () => newHash,
  );
  const url = await serve((request, response) => {
    requests += 1;
    if (requests < 4) request.socket.destroy();
    else healthy(request, response);
  });
  expect(await waitOn(url)).toMatchObject({ state: { state: "served" }, waitedMs: 30_000 });
});

test("the key goes in the header and nowhere else", async () => {
  const seen: (string | undefined)[] = [];
  const healthy = api(
    () => newHash,
    () => newHash,
  );
  const url = await serve((request, response) => {
    seen.push(request.headers.authorization);
    healthy(request, response);
  });
  await waitOn(url, { key: "sia_key", answers: 1 });
  expect(seen).toEqual(["Bearer sia_key", "Bearer sia_key"]);
});

test("whoever stops the run stops the waiting, with their reason", async () => {
  const controller = new AbortController();
  const listener = api(
    () => oldHash,
    () => oldHash,
  );
  const url = await serve((request, response) => {
    setTimeout(() => controller.abort(new Error("the lease is lost")), 50);
    listener(request, response);
  });
  const waiting = waitUntilServed({
    apiUrl: url,
    bundleHash: newHash,
    hashBefore: oldHash,
    timeoutMs: 600_000,
    pollMs: 60_000,
    answers: 1,
    signal: controller.signal,
  });
  await expect(waiting).rejects.toThrow("the lease is lost");
});
