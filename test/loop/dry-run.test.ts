// `trainer cycle --dry-run` and `--abandon`, as a person runs them, against an embedded database, a bare repository and a folder as the storage.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadBundle } from "../../shared/src/bundle/load-bundle.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { newId } from "../../shared/src/new-id.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { readBundleFolder } from "../../shared/src/node/read-bundle-folder.ts";
import { runCommand } from "../http/run-command.ts";
import { root } from "../training/python-env.ts";

let folder: string;
let remote: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dry-run-"));
  const seed = join(folder, "seed");
  remote = join(folder, "remote.git");
  for (const name of ["seed", "storage"]) await mkdir(join(folder, name));
  await writeFile(join(seed, "dvc.lock"), "schema: '2.0'\nstages: {}\n");
  git(seed, "init", "--quiet", "--initial-branch=main");
  git(seed, "add", ".");
  git(seed, "commit", "--quiet", "-m", "Seed");
  git(folder, "clone", "--quiet", "--bare", seed, remote);
  env = {
    DATA_DIR: join(folder, "data"),
    GIT_REMOTE_URL: remote,
    DVC_REMOTE_URL: join(folder, "storage"),
    SCRATCH_DIR: join(folder, "scratch"),
    GITHUB_REPOSITORY: "example/desk",
  };
  const { hash, manifest } = await loadBundle(readBundleFolder(join(root, "models/starter")));
  await withDatabase(async (database) => {
    await migrate(database);
    await database.rows(sql`insert into model_deployments (id, bundle_hash, model_version, serving)
      values (${newId()}::uuid, ${hash}, ${manifest.version}, true)`);
  });
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a dry run prints the decision and every command of the training that it would begin, and changes no row, commit or object", async () => {
  const before = await state();
  const run = await dryRun("--first");
  expect(run.lines[0]).toMatch(/^training_begun: A person asked for a first model\./);
  expect(run.commands).toEqual([
    `git clone --quiet --no-tags --single-branch --branch main -- ${remote} ${folder}/scratch/CYCLE`,
    "git rev-parse --verify",
    "git cat-file blob",
    "git ls-tree -r",
    "dvc pull data/current/snapshot models/current",
    "dvc add --quiet data/current/snapshot",
    "dvc repro evaluate@current",
    "git describe --always",
    "python trainer/python/log_run.py",
    ...publishing,
    "GET http://127.0.0.1:8000/version",
    "python trainer/python/set_alias.py",
  ]);
  expect(await state()).toEqual(before);
}, 120_000);

test("with nothing to do it says so and names no command", async () => {
  const before = await state();
  const run = await dryRun();
  expect(run.lines).toEqual(["no_new_window: No complete new window since the last run."]);
  expect(await state()).toEqual(before);
}, 120_000);

test("where a training is under way it names what is left of it, and the training stays where it was", async () => {
  await withDatabase((database) =>
    database.rows(sql`insert into training_cycles (id, data_set, trigger, serving_hash, stage, facts)
      values (${newId()}::uuid, 'current', 'first', 'some', 'publish', '{}')`),
  );
  const before = await state();
  expect(before.rows).toMatchObject({ training_cycles: [{ stage: "publish", attempts: 0 }] });
  const run = await dryRun();
  expect(run.lines[0]).toMatch(/^Training [0-9a-f-]+ is under way: it would go on at "publish"\.$/);
  expect(run.commands.slice(0, publishing.length)).toEqual(publishing);
  expect(await state()).toEqual(before);
}, 120_000);

test("a person ends the training that is under way, and the summary says which", async () => {
  const id = newId();
  await withDatabase(async (database) => {
    await database.rows(sql`delete from training_cycles`);
    await database.rows(sql`insert into training_cycles (id, data_set, trigger, serving_hash, stage, facts)
      values (${id}::uuid, 'current', 'first', 'some', 'watch', '{}')`);
  });
  const ran = await runCommand("trainer/src/cli.ts", ["cycle", "--abandon"], env);
  expect(ran.code, ran.stderr).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    decisions: [{ reasonCode: "abandoned" }],
    cycle: { id, stage: "abandoned" },
  });
  expect((await state()).rows).toMatchObject({ training_cycles: [{ stage: "ended", outcome: "abandoned" }] });
}, 120_000);

const publishing = [
  "git fetch --quiet",
  "git rev-parse --verify",
  "git log --first-parent",
  "git diff --name-only",
  "python trainer/python/remote_objects.py",
  "dvc push models/current data/current/snapshot",
  "python trainer/python/remote_objects.py --mend",
  "git cat-file blob",
  "git ls-tree -r",
  "git read-tree TIP",
  "git hash-object -w",
  "git update-index --add",
  "git write-tree",
  "git commit-tree TREE",
  "git push",
  "GET https://api.github.com/repos/example/desk/actions/runs?head_sha=COMMIT",
  "POST https://api.github.com/repos/example/desk/actions/workflows/deploy.yml/dispatches",
];

/** What it told, line by line; `commands` are cut to what tells one from another. */
async function dryRun(...args: string[]) {
  const ran = await runCommand("trainer/src/cli.ts", ["cycle", "--dry-run", ...args], env);
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: "" });
  const lines = ran.stderr
    .trim()
    .split("\n")
    .map((line) => String(JSON.parse(line).message));
  const commands = lines.filter((line) => /^(git|dvc|python|node|GET|POST) /.test(line)).map(short);
  return { lines, commands };
}

function short(command: string): string {
  if (/^(git clone|dvc) /.test(command)) return command.replace(/ \(.*\)$/, "");
  const words = command.split(" ");
  const count = words[0] === "git" && words[1] !== "push" ? 3 : 2;
  return words.slice(0, words[2] === "--mend" ? 3 : count).join(" ");
}

/** All that a run could change: rows, commits, objects, scratch space. */
async function state() {
  const tables = [
    "training_cycles",
    "training_decisions",
    "trainer_leases",
    "drift_reports",
    "holdout_looks",
  ];
  const rows: Record<string, unknown> = {};
  await withDatabase(async (database) => {
    for (const table of tables)
      rows[table] = await database.rows(sql`select * from ${sql.identifier(table)}`);
  });
  return {
    rows,
    refs: git(remote, "for-each-ref"),
    objects: await readdir(join(folder, "storage")),
    scratch: await readdir(join(folder, "scratch")).catch(() => []),
  };
}

async function withDatabase(work: (database: Database) => Promise<unknown>): Promise<void> {
  const database = await openPglite(join(folder, "data"));
  await work(database).finally(() => database.close());
}

function git(cwd: string, ...args: string[]): string {
  const identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
  const answer = spawnSync("git", [...identity, ...args], { cwd, encoding: "utf8" });
  expect([args, answer.status, answer.stderr]).toEqual([args, 0, ""]);
  return answer.stdout;
}
