// The local deployment: a checkout of a company's repository, a server out of it, and ./scripts/take-model as a person types it. Real git, real DVC with a
// folder as its storage.
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { type Company, foundCompany } from "../loop/found-company.ts";
import { runCheckoutScript } from "../loop/run-checkout-script.ts";
import { pythonEnv } from "../training/python-env.ts";
import { publishBundle } from "./publish-bundle.ts";
import { putBundle, renameAll } from "./put-bundle.ts";
import { killServerProcesses, startServerProcess } from "./start-server-process.ts";

// Each call starts Python, and DVC's imports take seconds.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 1_500_000 });

let company: Company;
let env: Record<string, string>;
let starterLock: string;

beforeAll(async () => {
  const python = await pythonEnv();
  company = await foundCompany(() => {});
  env = { ...python, DVC_REMOTE_URL: join(company.folder, "storage") };
  starterLock = await readFile(join(company.checkout, "dvc.lock"), "utf8");
  const database = await openPglite(join(company.folder, "data"));
  await migrate(database);
  await database.close();
});

afterEach(killServerProcesses);

afterAll(() => company?.close());

const start = (more: Record<string, string> = {}) =>
  startServerProcess({ DATA_DIR: join(company.folder, "data"), BUNDLE_DIR: "", ...more }, company.checkout);

const takeModel = (...args: string[]) => runCheckoutScript(company.checkout, "scripts/take-model", args, env);

const served = async (url: string) => (await (await fetch(`${url}/version`)).json()).model_version;

/** What the trainer leaves on the branch: dvc.lock with or without a bundle of the company's own. */
async function publish(version: string | null): Promise<void> {
  const clone = join(company.folder, "trainer");
  await company.git("clone", "--quiet", company.origin, clone);
  let lock = starterLock;
  if (version !== null) {
    const bundle = join(company.folder, "bundle");
    await rm(bundle, { recursive: true, force: true });
    await putBundle(bundle, renameAll(version, false));
    lock += await publishBundle(bundle, join(company.folder, "storage"));
  }
  await writeFile(join(clone, "dvc.lock"), lock);
  await company.git(
    "-C",
    clone,
    "commit",
    "--quiet",
    "--all",
    "--message",
    `Publish ${version ?? "nothing"}`,
  );
  await company.git("-C", clone, "push", "--quiet", "origin", "main");
  await rm(clone, { recursive: true });
}

test("a published model is fetched and the server of this checkout serves it; taken back, the starter's serves again", async () => {
  const server = start();
  const url = await server.url;
  const starter = await served(url);

  await publish("first");
  const first = await takeModel();
  expect(first.code, first.stderr).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({ model_version: "first", servers: [url] });
  expect(first.stderr).toContain(`${url} serves first.`);
  expect(await served(url)).toBe("first");

  await publish("second");
  expect((await takeModel()).code).toBe(0);
  expect(await served(url)).toBe("second");

  await publish(null);
  const back = await takeModel();
  expect(back.code, back.stderr).toBe(0);
  expect(back.stderr).toContain("the starter's model is what serves");
  expect(await served(url)).toBe(starter);
  await expect(access(join(company.checkout, "models/current"))).rejects.toThrow();

  const deployments = await (await fetch(`${url}/monitoring/deployments`)).json();
  expect(
    deployments.deployments.map(({ model_version }: { model_version: string }) => model_version),
  ).toEqual([starter, "second", "first", starter]);
});

test("what a dead server left behind is not signalled, and without a server the model is taken all the same", async () => {
  const server = start();
  await server.url;
  const servers = join(company.checkout, ".cache/servers");
  expect(await readdir(servers)).toEqual([`${server.child.pid}.json`]);
  server.child.kill("SIGKILL");
  await server.ended;
  // The same word for a process that lives and is another one: this test's own, which a SIGHUP would end.
  const word = JSON.parse(await readFile(join(servers, `${server.child.pid}.json`), "utf8"));
  await writeFile(join(servers, `${process.pid}.json`), JSON.stringify({ ...word, pid: process.pid }));
  const taken = await takeModel("--no-pull");
  expect(taken.code, taken.stderr).toBe(0);
  expect(taken.stderr).toContain("No server runs out of this checkout");
  expect(JSON.parse(taken.stdout)).toMatchObject({ servers: [] });
  expect(await readdir(servers)).toEqual([]);
});

test("a server that ends takes its word back, and one that serves a folder of its own is left alone", async () => {
  const own = join(company.folder, "own-bundle");
  await putBundle(own, renameAll("own", false));
  const server = start({ BUNDLE_DIR: own });
  const url = await server.url;
  await publish("third");
  const taken = await takeModel();
  expect(JSON.parse(taken.stdout)).toMatchObject({ model_version: "third", servers: [] });
  expect(await served(url)).toBe("own");
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
  expect(await readdir(join(company.checkout, ".cache/servers"))).toEqual([]);
});

test("a storage without the bundle, and a checkout with commits of its own, are said with the next step; the server goes on", async () => {
  const server = start();
  const url = await server.url;
  const before = await served(url);
  await publish("fourth");
  await rm(join(company.folder, "storage"), { recursive: true });
  await mkdir(join(company.folder, "storage"));
  const lacking = await takeModel();
  expect(lacking.code).toBe(1);
  expect(lacking.stderr).toContain("lacks models/current. Push it from a machine that has it");
  expect(lacking.stderr).not.toContain("    at ");
  expect(await served(url)).toBe(before);

  await publish("fifth");
  await company.git("commit", "--quiet", "--allow-empty", "--message", "Something of our own");
  const diverged = await takeModel();
  expect(diverged.code).toBe(1);
  expect(diverged.stderr).toContain("git pull --ff-only ended with");
  expect(await served(url)).toBe(before);
  await company.git("reset", "--quiet", "--hard", "HEAD~1");
  const taken = await takeModel();
  expect(taken.code, taken.stderr).toBe(0);
  expect(await served(url)).toBe("fifth");
});

test.each([
  [["--timeout", "soon"], "--timeout is a number of seconds"],
  [["--unknown"], "--unknown"],
])("%j is wrong use: exit code 2 and the usage", async (args, said) => {
  const { code, stderr } = await takeModel(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(said);
  expect(stderr).toContain("Usage: ./scripts/take-model");
});
