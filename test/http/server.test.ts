import { once } from "node:events";
import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { killServerProcesses, startServerProcess } from "./start-server-process.ts";

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "server-"));
  const database = await openPglite(dataDir);
  await migrate(database);
  await database.close();
});

afterEach(killServerProcesses);

afterAll(() => rm(dataDir, { recursive: true }));

test("it serves, records what serves, and ends cleanly on SIGTERM: the embedded database is free for the next one", async () => {
  for (const round of [1, 2]) {
    const server = startServerProcess({ DATA_DIR: dataDir });
    const url = await server.url;
    expect((await fetch(`${url}/readyz`)).status, `round ${round}`).toBe(200);
    const answer = await (
      await fetch(`${url}/ask`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"question":"Mon VPN ne marche pas"}',
      })
    ).json();
    expect(answer).toMatchObject({
      predicted_queue: "Network / Infrastructure",
      language: "fr",
      degraded: [],
    });
    expect((await fetch(`${url}/predictions/${answer.prediction_id}`)).status).toBe(200);
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    expect(server.said()).toContain("/docs");
    expect(server.log().filter(({ level }) => level === "error")).toEqual([]);
  }
});

test("SIGTERM lets a running request finish, takes no new one, and does not wait for idle connections", async () => {
  const server = startServerProcess({ DATA_DIR: dataDir });
  const url = new URL(await server.url);
  await fetch(new URL("/readyz", url));
  const idle = connect(Number(url.port), url.hostname);
  idle.on("error", () => {});
  idle.write("GET /livez HTTP/1.1\r\nhost: a\r\n\r\n");
  await sleep(100);

  const text = "# Wi-Fi\n\nSwitch it off and on again.";
  const upload = request(new URL("/documents", url), {
    method: "POST",
    headers: { "content-type": "text/markdown", "content-length": text.length },
  });
  const uploaded = new Promise<number>((resolve, reject) => {
    upload.on("response", (response) => resolve(response.resume().statusCode ?? 0));
    upload.on("error", reject);
  });
  uploaded.catch(() => {});
  upload.write(text.slice(0, 10));
  await sleep(500);
  server.child.kill("SIGTERM");
  const isServed = () =>
    fetch(new URL("/livez", url)).then(
      () => "served",
      () => "refused",
    );
  await expect.poll(isServed, { timeout: 5_000 }).toBe("refused");
  upload.end(text.slice(10));
  expect(await uploaded).toBe(201);
  expect(await server.ended).toBe(0);
});

test("a request that comes while it stops, on a connection that is open, is answered and told that it was the last", async () => {
  const server = startServerProcess({ DATA_DIR: dataDir });
  const url = new URL(await server.url);
  const client = connect(Number(url.port), url.hostname);
  let heard = "";
  client.on("data", (piece) => {
    heard += piece;
  });
  const closed = once(client, "close");
  const ask = () => client.write("GET /livez HTTP/1.1\r\nhost: a\r\n\r\n");
  const answers = () => heard.match(/HTTP\/1.1 200 OK/g)?.length;
  ask();
  await expect.poll(answers).toBe(1);
  expect(heard).not.toContain("connection: close");
  server.child.kill("SIGTERM");
  await expect.poll(() => server.log().some(({ msg }) => msg === "stopping")).toBe(true);
  await sleep(200);
  ask();
  await closed;
  expect(answers()).toBe(2);
  expect(heard.toLowerCase()).toContain("connection: close");
  expect(await server.ended).toBe(0);
});

test("what runs longer than SHUTDOWN_DEADLINE_MS is cut off, and a second signal ends at once", async () => {
  for (const { signals, deadlineMs, code } of [
    { signals: 1, deadlineMs: "200", code: 0 },
    { signals: 2, deadlineMs: "600000", code: 130 },
  ]) {
    const server = startServerProcess({ DATA_DIR: dataDir, SHUTDOWN_DEADLINE_MS: deadlineMs });
    const stuck = request(new URL("/documents", await server.url), {
      method: "POST",
      headers: { "content-type": "text/markdown", "content-length": 100 },
    });
    stuck.on("error", () => {});
    stuck.write("a");
    await sleep(200);
    for (let sent = 0; sent < signals; sent += 1) {
      server.child.kill("SIGINT");
      await sleep(100);
    }
    expect(await server.ended).toBe(code);
  }
});

test.runIf(process.platform === "linux")(
  "SIGTERM while it starts ends it with 0, however far its threads have loaded the network",
  async () => {
    for (const waitMs of [50, 150, 300, 450, 600, 800]) {
      const server = startServerProcess({ DATA_DIR: dataDir, EMBEDDER_WORKERS: "2" });
      const tasks = `/proc/${server.child.pid}/task`;
      const names = async () =>
        Promise.all(
          (await readdir(tasks)).map((task) => readFile(`${tasks}/${task}/comm`, "utf8").catch(() => "")),
        );
      await expect.poll(names, { timeout: 20_000, interval: 5 }).toContain("embedder\n");
      await sleep(waitMs);
      server.child.kill("SIGTERM");
      expect(await server.ended, `after ${waitMs} ms: ${server.said()}`).toBe(0);
    }
  },
);

test("a port in use is said in one line, with another to take, and nothing stays open", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo;
  const server = startServerProcess({ DATA_DIR: dataDir, PORT: String(port) });
  expect(await server.ended).toBe(1);
  expect(server.said()).toBe(
    `Port ${port} is in use on 127.0.0.1. Stop what uses it, or choose another: PORT=${port + 1}.\n`,
  );
  other.close();
});

test("an embedded database that another process holds is named with that process's address", async () => {
  const first = startServerProcess({ DATA_DIR: dataDir });
  const url = await first.url;
  const second = startServerProcess({ DATA_DIR: dataDir });
  expect(await second.ended).toBe(1);
  expect(second.said()).toContain(`is open in process ${first.child.pid} (serving ${url})`);
  expect(second.said()).not.toContain("    at ");
});

test.each([
  ["a wrong environment", { PORT: "http", LOG_LEVEL: "loud" }, /PORT: must[^\n]*\n\s+LOG_LEVEL: must/],
  [
    "a password that no address takes",
    { DATABASE_URL: "postgres://u:p#w@h/d" },
    /DATABASE_URL: cannot be read/,
  ],
  ["a folder without weights", { MODEL_DIR: tmpdir() }, /get-weights/],
  ["a folder without a bundle", { BUNDLE_DIR: tmpdir() }, /manifest\.json/],
])("%s ends the start with exit code 1 and the next step, without a stack", async (_, env, said) => {
  const server = startServerProcess({ DATA_DIR: dataDir, ...env });
  expect(await server.ended).toBe(1);
  expect(server.said()).toMatch(said);
  expect(server.said()).not.toContain("    at ");
  expect(server.log().filter(({ level }) => level === "error")).toEqual([]);
});

test("a database without a schema is served as not ready, with the command that makes one", async () => {
  const empty = await mkdtemp(join(tmpdir(), "server-empty-"));
  const server = startServerProcess({ DATA_DIR: empty });
  const response = await fetch(`${await server.url}/readyz`);
  expect(response.status).toBe(503);
  expect((await response.json()).detail).toContain("scripts/migrate.ts");
  await expect.poll(server.said).toContain("Not ready yet");
  server.child.kill();
  await server.ended;
  await rm(empty, { recursive: true });
});

test("with a database that is away nobody is told that no key exists: it says that keys cannot be looked up yet", async () => {
  const server = startServerProcess({ DATABASE_URL: "postgres://someone@127.0.0.1:1/nothing" });
  await server.url;
  await expect
    .poll(server.said)
    .toContain("Keys cannot be looked up yet: the database is away: connect ECONNREFUSED");
  await expect.poll(server.said).toContain("Not ready yet");
  expect(server.said()).not.toContain("No key exists");
  expect(server.log()).toContainEqual(
    expect.objectContaining({ level: "warn", msg: "the database is away" }),
  );
  server.child.kill();
  expect(await server.ended).toBe(0);
});

const ask = (url: string) =>
  fetch(`${url}/ask`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"question":"Mon VPN ne marche pas"}',
  });

test("a log on a full disk ends nothing: questions are answered, the person at the terminal is told, and SIGTERM works", async () => {
  const full = await open("/dev/full", "w");
  const server = startServerProcess({ DATA_DIR: dataDir }, undefined, full.fd);
  await full.close();
  const url = await server.url;
  for (const _ of [1, 2]) expect((await ask(url)).status).toBe(200);
  await expect.poll(server.said).toContain("The log cannot be written (standard output: ENOSPC");
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
});

test("a server whose outputs nobody reads any more goes on, and ends as others do", async () => {
  const server = startServerProcess({ DATA_DIR: dataDir });
  const url = await server.url;
  server.child.stdout?.destroy();
  server.child.stderr?.destroy();
  for (const _ of [1, 2]) expect((await ask(url)).status).toBe(200);
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
});

test("nobody is told that it runs: ONNX Runtime's telemetry, which is on by default, leaves nothing in the home folder", async () => {
  const home = await mkdtemp(join(tmpdir(), "server-home-"));
  const server = startServerProcess({ DATA_DIR: dataDir, HOME: home });
  expect((await ask(await server.url)).status).toBe(200);
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
  expect(await readdir(home, { recursive: true })).toEqual([]);
  await rm(home, { recursive: true });
});
