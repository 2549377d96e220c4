// A clone of a real repository; DVC is asked for nothing here, because nothing is published yet.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseTrainerConfig } from "../config.ts";
import { type PrepareWorkTreeOptions, prepareWorkTree } from "./prepare-work-tree.ts";

let folder: string;
let imageRoot: string;
let logged: string[];
let options: PrepareWorkTreeOptions;
const env = {
  PATH: process.env.PATH ?? "",
  HOME: tmpdir(),
  GIT_TOKEN: "secret",
  GITHUB_TOKEN: "secret",
  AWS_REGION: "x",
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "work-tree-"));
  imageRoot = join(folder, "image");
  const seed = {
    "dvc.yaml": "stages: {}\n",
    "dvc.lock": "schema: '2.0'\nstages: {}\n",
    "params.yaml": "current: {}\n",
    "package-lock.json": "{}\n",
    "shared/package.json": "{}\n",
    "shared/src/clean.ts": "export const clean = 1;\n",
    "shared/src/clean.test.ts": "// a test\n",
    "shared/src/fixtures/rows.ts": "// of tests\n",
    "trainer/src/cli.ts": 'import { clean } from "package"; console.log(clean);\n',
    "trainer/python/train.py": "print(1)\n",
    ".dvc/config": "[core]\n    analytics = false\n",
    ".gitignore": "node_modules/\n",
  };
  await write(imageRoot, seed);
  git(imageRoot, "init", "--quiet", "--initial-branch=main");
  git(imageRoot, "add", ".");
  git(imageRoot, "commit", "--quiet", "-m", "Seed");
  git(folder, "clone", "--quiet", "--bare", imageRoot, "remote.git");
  await rm(join(imageRoot, ".git"), { recursive: true });
  await write(imageRoot, {
    "node_modules/package/package.json": '{"type":"module","exports":"./index.js"}',
    "node_modules/package/index.js": 'export const clean = "from the image";',
  });
  logged = [];
  const config = parseTrainerConfig({
    GIT_REMOTE_URL: join(folder, "remote.git"),
    DVC_REMOTE_URL: "s3://bucket/a prefix, with # marks",
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  });
  const log = (line: string) => {
    logged.push(line);
  };
  options = { config, folder: join(folder, "scratch/one"), imageRoot, dataSet: "current", env, log };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

function git(cwd: string, ...args: string[]): string {
  const identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
  const answer = spawnSync("git", [...identity, ...args], { cwd, encoding: "utf8" });
  expect([args, answer.status, answer.stderr]).toEqual([args, 0, ""]);
  return answer.stdout.trim();
}

/** A commit of a colleague on the remote's branch. */
async function push(files: Readonly<Record<string, string>>): Promise<void> {
  const clone = await mkdtemp(join(folder, "colleague-"));
  git(folder, "clone", "--quiet", "remote.git", clone);
  await write(clone, files);
  git(clone, "add", ".");
  git(clone, "commit", "--quiet", "-m", "Work");
  git(clone, "push", "--quiet");
}

test("a clone runs the image's packages, knows its storage, and passes no token on", async () => {
  const tree = await prepareWorkTree(options);
  const run = spawnSync(process.execPath, ["trainer/src/cli.ts"], { cwd: tree.root, encoding: "utf8" });
  expect(run.stdout).toBe("from the image\n");
  expect(await readlink(join(tree.root, "node_modules"))).toBe(join(imageRoot, "node_modules"));
  expect(
    git(tree.root, "status", "--porcelain")
      .split("\n")
      .filter((line) => !line.includes("config.local")),
  ).toEqual([]);
  const local = await readFile(join(tree.root, ".dvc/config.local"), "utf8");
  expect(local).toContain(
    '    url = "s3://bucket/a prefix, with # marks"\n    endpointurl = "http://127.0.0.1:1"\n',
  );
  expect(tree).toMatchObject({ isResumed: false, had: { snapshot: false, model: false } });
  expect(Object.keys(tree.env).filter((name) => /TOKEN/.test(name))).toEqual([]);
  expect(tree.env.AWS_REGION).toBe("x");
});

test("the clone that is there is taken up with what was made in it, where the branch has moved on, too; locks of the dead go", async () => {
  const first = await prepareWorkTree(options);
  await write(first.root, {
    "build/model.bin": "hours of work",
    ".git/index.lock": "",
    ".git/refs/published/main.lock": "",
    ".dvc/tmp/rwlock": '{"1": {"pid": 1}}',
  });
  await push({ "docs/note.md": "A note.\n", "params.yaml": "current: { seed: 2 }\n" });
  const again = await prepareWorkTree(options);
  expect(again).toMatchObject({ isResumed: true, base: first.base });
  expect(await readFile(join(again.root, "build/model.bin"), "utf8")).toBe("hours of work");
  for (const path of [".git/index.lock", ".git/refs/published/main.lock", ".dvc/tmp/rwlock"])
    await expect(stat(join(again.root, path))).rejects.toThrow("ENOENT");
});

test("what a killed clone left is cleared away, and so is one of another branch", async () => {
  await write(join(folder, "scratch/one.part"), { ".git/HEAD": "ref: refs/heads/main\n" });
  await write(options.folder, { ".git/HEAD": "half", "rest.txt": "x" });
  const tree = await prepareWorkTree(options);
  expect(tree.isResumed).toBe(false);
  await expect(stat(join(tree.root, "rest.txt"))).rejects.toThrow("ENOENT");
  git(join(folder, "remote.git"), "branch", "other", "main");
  const config = { ...options.config, git: { ...options.config.git, branch: "other" } };
  expect((await prepareWorkTree({ ...options, config })).isResumed).toBe(false);
});

test("a pipeline that differs stops it with exit code 2 and the names of the files, params and tests aside", async () => {
  await push({
    "params.yaml": "current: { seed: 3 }\n",
    "shared/src/clean.test.ts": "// another test\n",
    "shared/src/fixtures/rows.ts": "// other rows\n",
    "docs/note.md": "A note.\n",
  });
  await prepareWorkTree(options);
  await push({ "trainer/python/train.py": "print(2)\n", "shared/src/added.ts": "export {};\n" });
  await writeFile(join(imageRoot, "trainer/python/more.py"), "print(3)\n");
  const failure = await prepareWorkTree({ ...options, folder: join(folder, "scratch/two") }).catch(
    (error) => error,
  );
  expect(failure).toMatchObject({ exitCode: 2 });
  expect(failure.message).toContain(
    "3 files differ: shared/src/added.ts, trainer/python/more.py, trainer/python/train.py.",
  );
  expect(failure.message).toContain("Deploy the trainer's image");
});

test("without an address, and with one that nobody is at, it says what to set", async () => {
  const without = { ...options.config, git: { ...options.config.git, remoteUrl: undefined } };
  await expect(prepareWorkTree({ ...options, config: without })).rejects.toThrow("GIT_REMOTE_URL is not set");
  const wrong = { ...options.config, git: { ...options.config.git, remoteUrl: join(folder, "no-such.git") } };
  await expect(prepareWorkTree({ ...options, config: wrong })).rejects.toThrow(
    "could not be cloned at branch main",
  );
  await expect(stat(join(folder, "scratch/one"))).rejects.toThrow("ENOENT");
});

test("a dry run prints the clone and makes none", async () => {
  await prepareWorkTree({ ...options, isDryRun: true });
  expect(logged[0]).toMatch(
    /^git clone --quiet --no-tags --single-branch --branch main -- \S+remote\.git \S+scratch\/one$/,
  );
  await expect(stat(join(folder, "scratch"))).rejects.toThrow("ENOENT");
});
