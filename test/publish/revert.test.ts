// Two models on a branch, and back: pointers, metrics, parameters and card together, by the loop and by hand.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { findBundleFolder } from "../../api/src/node/find-bundle-folder.ts";
import { checkBotCommits } from "../../scripts/delivery/check-bot-commits.ts";
import { loadBundle } from "../../shared/src/bundle/load-bundle.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { readBundleFolder } from "../../shared/src/node/read-bundle-folder.ts";
import { listVersions } from "../../trainer/src/publish/list-versions.ts";
import { publishModel } from "../../trainer/src/publish/publish-model.ts";
import { type RevertOptions, revertModel } from "../../trainer/src/publish/revert-model.ts";
import type { WorkTree } from "../../trainer/src/publish/work-tree.ts";
import { root } from "../training/python-env.ts";
import { type Company, type Desk, foundCompany, type Trained } from "./found-company.ts";

vi.setConfig({ testTimeout: 900_000 });

type Fork = Desk & { readonly tree: WorkTree };

let company: Company;
let second: WorkTree;
let older: Trained;
let newer: Trained;
let database: Database;

beforeAll(async () => {
  company = await foundCompany();
  const first = await company.prepare("first");
  older = await company.train(first, { version: "2026.11.27-aaaaaa", threshold: 0.61 });
  await publishModel(company.publishOptions(first, "cycle-1", older));
  second = await company.prepare("second");
  newer = await company.train(second, { version: "2026.11.28-bbbbbb", threshold: 0.72 });
  await publishModel(company.publishOptions(second, "cycle-2", newer));
}, 1_800_000);
afterAll(() => company?.close());

const head = (desk: Desk) => desk.git("rev-parse", "main");

/** The git remote as two publications have left it; its storage is the company's own. */
async function fork(name: string): Promise<Fork & { options: RevertOptions }> {
  const desk = await company.fork(name, second);
  const { tree } = desk;
  const { env } = company;
  const reason = "It is worse: override rate 21 % against 9 %.";
  const retry = { attempts: 4, waitMs: 10 };
  const { log } = company;
  return {
    ...desk,
    options: { git: tree.git, root: tree.root, env, dataSet: "current", reason, log, retry },
  };
}

/** What an API serves that is deployed from the branch: its thresholds are part of it. */
async function served(
  desk: Desk,
): Promise<{ version: string; threshold: number | undefined; queues: number }> {
  const clone = await mkdtemp(join(company.folder, "served-"));
  await company.run(company.folder, "git", "clone", "--quiet", desk.remote, clone);
  await cp(join(second.root, ".dvc/config.local"), join(clone, ".dvc/config.local"));
  const { stages } = parse(await readFile(join(clone, "dvc.lock"), "utf8"));
  if (stages["export-to-dvc@current"]) await company.run(clone, "dvc", "pull", "--quiet", "models/current");
  // In the test's small repository the starter is a stand-in; here it is the product's.
  await cp(join(root, "models/starter"), join(clone, "models/starter"), { recursive: true });
  const { manifest } = await loadBundle(readBundleFolder(await findBundleFolder(undefined, clone)));
  const [queue = ""] = manifest.labels.queue;
  const { version, thresholds } = manifest;
  return { version, threshold: thresholds.queue[queue], queues: manifest.labels.queue.length };
}

test("back to the one before: all of its files, in one new commit, and its thresholds serve again", async () => {
  const desk = await fork("before");
  expect(await served(desk)).toMatchObject({ version: newer.version, threshold: 0.72 });
  const bad = await head(desk);
  const reverted = await revertModel({ ...desk.options, badHash: newer.hash });
  expect(reverted).toEqual({
    outcome: "reverted",
    commit: await head(desk),
    from: { version: newer.version, hash: newer.hash },
    to: { version: older.version, hash: older.hash },
  });
  expect(await desk.git("rev-parse", "main^")).toBe(bad);
  expect(await desk.git("diff", "--stat", "main", "main~2")).toBe("");
  expect(await served(desk)).toMatchObject({ version: older.version, threshold: 0.61 });
  expect(await desk.git("log", "-1", "--format=%B", "main")).toContain(
    `Reverts-Model: ${newer.version}\nReverts-Bundle-Hash: ${newer.hash}\nModel-Version: ${older.version}`,
  );

  const asked = {
    root: desk.remote,
    range: ["--max-count=1", "main"],
    authorEmail: undefined,
    arePushedByTrainer: true,
  };
  expect(await checkBotCommits({ ...asked, signingKey: undefined })).toEqual({ checked: 1, faults: [] });

  // Once more, as a cycle does that was killed after the push.
  const again = await revertModel({ ...desk.options, badHash: newer.hash });
  expect(again).toMatchObject({ outcome: "already_reverted", commit: await head(desk) });
});

test("back twice is back to the starter, with a lock file that dvc reads; and forward again by name", async () => {
  const desk = await fork("starter");
  await revertModel(desk.options);
  const reverted = await revertModel(desk.options);
  expect(reverted).toMatchObject({ outcome: "reverted", to: { version: "starter", hash: null } });
  expect(Object.keys(parse(await desk.readOnBranch("dvc.lock")).stages)).toEqual(["export@starter"]);
  const paths = await desk.git("ls-tree", "-r", "--name-only", "main", "models", "data/current");
  expect(paths.split("\n").filter((path) => path.includes("current"))).toEqual(["data/current/.gitignore"]);
  const starter = JSON.parse(await readFile(join(root, "models/starter/manifest.json"), "utf8"));
  expect((await served(desk)).version).toBe(starter.version);
  const clone = join(company.folder, "starter-clone");
  await company.run(company.folder, "git", "clone", "--quiet", desk.remote, clone);
  expect(await company.run(clone, "dvc", "status", "--quiet", "export@starter")).toBe("");
  expect(await revertModel(desk.options)).toMatchObject({ outcome: "nothing_to_revert" });

  const forward = await revertModel({ ...desk.options, toVersion: newer.version });
  expect(forward).toMatchObject({ outcome: "reverted", to: { version: newer.version } });
  expect(await served(desk)).toMatchObject({ version: newer.version, threshold: 0.72 });
  const versions = await listVersions(desk.tree.git, await head(desk), "current").catch(() => []);
  expect(versions.map(({ version }) => version).slice(0, 2)).toEqual([newer.version, "starter"]);
});

test("a bundle that is no longer in the storage is not gone back to", async () => {
  const desk = await fork("gone");
  await company.run(desk.tree.root, "sh", "-c", "rm -rf .dvc/cache");
  const dir = parse(await desk.git("show", "main^:dvc.lock")).stages["export-to-dvc@current"].outs[0].md5;
  const key = `dvc/files/md5/${dir.slice(0, 2)}/${dir.slice(2)}`;
  const content = await (await company.s3.request(`/${key}`)).arrayBuffer();
  await company.s3.request(`/${key}`, "DELETE");
  try {
    const before = await head(desk);
    await expect(revertModel(desk.options)).rejects.toThrow(
      /no longer holds .* objects of 2026\.11\.27-aaaaaa/,
    );
    expect(await head(desk)).toBe(before);
  } finally {
    await company.s3.request(`/${key}`, "PUT", content);
  }
});

test("what others did meanwhile stays: a commit on top of theirs, and never a model that they have published", async () => {
  const desk = await fork("others");
  const theirs = await desk.pushAsColleague({ "docs/note.md": "A note.\n" });
  expect(await revertModel({ ...desk.options, badHash: newer.hash })).toMatchObject({ outcome: "reverted" });
  expect(await desk.git("rev-parse", "main^")).toBe(theirs);
  const other = await fork("others-model");
  const result = await revertModel({ ...other.options, badHash: "e".repeat(64) });
  expect(result).toMatchObject({ outcome: "nothing_to_revert" });
  await expect(revertModel({ ...other.options, toVersion: "2020.01.01-000000" })).rejects.toThrow(
    "has never published",
  );
});

test("the database bars the bundle that went, passes over a barred one, and keeps the numbers", async () => {
  database = await openPglite();
  await migrate(database);
  const desk = await fork("database");
  const numbers = { override_rate: 0.21 };
  await revertModel({ ...desk.options, badHash: newer.hash, database, decision: { numbers } });
  const barred = await database.rows(
    sql`select bundle_hash, model_version, reason from quarantined_bundles`,
    { isRead: true },
  );
  expect(barred).toEqual([
    {
      bundle_hash: newer.hash,
      model_version: newer.version,
      reason: "It is worse: override rate 21 % against 9 %.",
    },
  ]);
  const [decided] = await database.rows(sql`select reason_code, decision from training_decisions`, {
    isRead: true,
  });
  expect(decided).toMatchObject({
    reason_code: "rolled_back",
    decision: { numbers: { to: { version: older.version }, found: numbers } },
  });
  // Killed before its push: the row is there already, and a second call finishes.
  const again = await fork("database-again");
  expect(await revertModel({ ...again.options, badHash: newer.hash, database })).toMatchObject({
    outcome: "reverted",
  });
  await database.rows(
    sql`insert into quarantined_bundles values (${older.hash}, ${older.version}, 'earlier')`,
    { isRead: true },
  );
  const third = await fork("database-barred");
  expect(await revertModel({ ...third.options, database })).toMatchObject({ to: { version: "starter" } });
  await database.close();
});

/** scripts/rollback.ts as a person runs it. */
async function rollback(
  args: string[],
  env: Record<string, string>,
  cwd = root,
  script = join(root, "scripts/rollback.ts"),
) {
  const child = spawn(process.execPath, [script, ...args], { cwd, env });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}

test("by hand, with GIT_REMOTE_URL: listed, tried without a change, and done", async () => {
  const desk = await fork("by-hand");
  const env = {
    ...company.env,
    GIT_REMOTE_URL: desk.remote,
    DVC_REMOTE_URL: "s3://bucket/dvc",
    SCRATCH_DIR: join(company.folder, "by-hand-scratch"),
    DATA_DIR: join(company.folder, "no-data"),
  };
  const listed = await rollback(["--list"], env);
  expect([listed.code, listed.stdout]).toEqual([
    0,
    expect.stringMatching(/2026\.11\.28-bbbbbb \*[\s\S]*2026\.11\.27-aaaaaa[\s\S]*starter/),
  ]);
  const before = await head(desk);
  const dry = await rollback(["--dry-run"], env);
  expect([dry.code, await head(desk)]).toEqual([0, before]);
  expect(dry.stderr).toMatch(/git push --porcelain .*Nothing was changed/s);
  const done = await rollback(["--reason", "It confuses printers with scanners. [skip ci]"], env);
  expect([done.code, JSON.parse(done.stdout)]).toEqual([
    0,
    expect.objectContaining({ outcome: "reverted", commit: await head(desk) }),
  ]);
  const message = await desk.git("log", "-1", "--format=%B", "main");
  expect([message.includes("printers with scanners"), message.includes("skip ci")]).toEqual([true, false]);
  expect(await served(desk)).toMatchObject({ version: older.version, threshold: 0.61 });
  expect((await rollback(["2020.01.01"], env)).code).toBe(2);
  expect((await rollback(["--no-such"], env)).code).toBe(2);
});

test("by hand, in a plain checkout with its own origin: what is there and unfinished stays as it is", async () => {
  const desk = await fork("checkout");
  const checkout = join(company.folder, "checkout-clone");
  await company.run(company.folder, "git", "clone", "--quiet", desk.remote, checkout);
  await cp(join(second.root, ".dvc/config.local"), join(checkout, ".dvc/config.local"));
  for (const path of ["scripts", "shared", "trainer"])
    await cp(join(root, path), join(checkout, path), { recursive: true });
  await symlink(join(root, "node_modules"), join(checkout, "node_modules"));
  await writeFile(join(checkout, "params.yaml"), "unfinished: work\n");
  const before = await company.run(checkout, "git", "status", "--porcelain");
  const script = join(checkout, "scripts/rollback.ts");
  const run = await rollback(
    [],
    {
      ...company.env,
      DATA_DIR: join(company.folder, "no-data"),
    },
    checkout,
    script,
  );
  expect([run.code, run.stderr]).toEqual([0, expect.stringContaining("This checkout is as it was")]);
  expect(await company.run(checkout, "git", "status", "--porcelain")).toBe(before);
  expect(await served(desk)).toMatchObject({ version: older.version });
});
