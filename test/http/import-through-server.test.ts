// ./scripts/import-tickets beside a server that holds the embedded database, and what a command says of a server that fails it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHttpKnowledge } from "../../scripts/lib/create-http-knowledge.ts";
import { runCommand } from "./run-command.ts";
import { killServerProcesses, startServerProcess } from "./start-server-process.ts";

afterEach(killServerProcesses);

test("tickets go through the running server, with a key once keys exist; the same file again changes nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "import-through-"));
  const file = join(folder, "desk.csv");
  await writeFile(
    file,
    "id,subject,body,answer,queue,priority\n" +
      "1,VPN,The VPN refuses ana@example.com,Renewed her certificate.,Network / Infrastructure,P1\n" +
      "2,Badge,The badge reader stays red,,Facilities,P4\n" +
      "3,Badge,The gate stays shut,,Facilities,sometime\n",
  );
  const env = { DATA_DIR: join(folder, "data") };
  const keys = (scopes: string, more = {}) =>
    runCommand("scripts/keys.ts", ["create", "--name", scopes, "--scopes", scopes], { ...env, ...more });
  const importFile = (key?: string, ...options: string[]) =>
    runCommand("scripts/import-tickets.ts", [file, ...options], {
      ...env,
      ...(key ? { SUPPORT_IT_AGENT_KEY: key } : {}),
    });
  await runCommand("scripts/keys.ts", ["list"], env);
  const server = startServerProcess(env);
  const url = await server.url;

  const open = await importFile();
  expect(open.stderr).toContain(`into the server at ${url}`);
  expect({ code: open.code, ...JSON.parse(open.stdout) }).toMatchObject({ code: 3, created: 2, rejected: 1 });
  expect(JSON.parse((await importFile()).stdout)).toMatchObject({ created: 0, replaced: 0, unchanged: 2 });

  const admin = (await keys("admin")).stdout;
  const without = await importFile(undefined, "--source", "glpi");
  expect(without).toMatchObject({ code: 1, stdout: "" });
  expect(without.stderr).toContain("answered 401");
  expect(without.stderr).toContain("takes its key from SUPPORT_IT_AGENT_KEY");
  const agent = (await keys("agent", { SUPPORT_IT_AGENT_KEY: admin })).stdout;
  expect((await importFile(agent, "--source", "glpi")).stderr).toContain("the scope knowledge");
  const knowledge = (await keys("knowledge", { SUPPORT_IT_AGENT_KEY: admin })).stdout;
  const withKey = await importFile(knowledge, "--source", "glpi", "--no-search");
  expect(JSON.parse(withKey.stdout)).toMatchObject({ created: 2, unchanged: 0 });

  const get = (path: string, key: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    }).then((response) => response.text());
  expect(await get("/queues", agent)).toContain("Facilities");
  const found = await get("/search", agent, { method: "POST", body: '{"query":"VPN refuses certificate"}' });
  expect(found).toContain("Renewed her certificate.");
  expect(found).not.toContain("ana@example.com");
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}, 240_000);

describe("of a server that fails it the command says", () => {
  let answer: RequestListener;
  let url: string;
  beforeEach(async () => {
    const server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return () => new Promise((resolve) => server.close(resolve));
  });

  const put = () =>
    createHttpKnowledge(url, undefined).putTickets(
      ["a", "b"].map((id) => ({ id, subject: "", body: "text" })),
      "desk",
    );

  test("that it went away in the middle, and the next step", async () => {
    answer = (request) => request.socket.destroy();
    await expect(put()).rejects.toThrow(
      /^The server at http:\/\/127\.0\.0\.1:\d+ gave no answer to \/tickets: (?!fetch failed).+\/readyz\), then run the same command again\.$/,
    );
  });

  test("that something else answers there", async () => {
    answer = (_, response) =>
      response.writeHead(502, { "content-type": "text/html" }).end("<html>Bad gateway");
    await expect(put()).rejects.toThrow("gave no answer to /tickets: what came was no JSON.");
  });

  test("which ticket it refused, so that none is lost in silence", async () => {
    answer = (_, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(
        JSON.stringify({
          ...{ stored: 1, created: 1, replaced: 0, unchanged: 0, searchable: 0, rejected_count: 1 },
          rejected: [{ line: 2, reason: "body: too long" }],
        }),
      );
    await expect(put()).rejects.toThrow('refused 1 of 2 tickets, "b" first: body: too long.');
  });
});
