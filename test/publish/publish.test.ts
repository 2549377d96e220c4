// A trained model through a real storage (S3 on loopback) and a real bare repository, with what can go wrong on the way.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { checkBotCommits } from "../../scripts/delivery/check-bot-commits.ts";
import { ownSnapshotFile } from "../../trainer/src/publish/own-snapshot-file.ts";
import { publishModel } from "../../trainer/src/publish/publish-model.ts";
import type { WorkTree } from "../../trainer/src/publish/work-tree.ts";
import { freePort } from "../training/start-program.ts";
import { type Company, foundCompany, type Trained } from "./found-company.ts";
import { standInGit } from "./stand-in-git.ts";
import { startFaultyProxy } from "./start-faulty-proxy.ts";

// Each call of DVC starts Python, and its imports take seconds.
vi.setConfig({ testTimeout: 900_000 });

let company: Company;
let tree: WorkTree;
let trained: Trained;
let realGit: string;

beforeAll(async () => {
  company = await foundCompany();
  tree = await company.prepare("first");
  trained = await company.train(tree, { version: "2026.11.28-aaaaaa", threshold: 0.61 });
  realGit = await company.run(company.folder, "sh", "-c", "command -v git");
}, 1_800_000);
afterAll(() => company?.close());

const head = (desk: { git: Company["git"] }) => desk.git("rev-parse", "main");
const publish = (where: WorkTree, cycleId = "cycle-1") =>
  publishModel(company.publishOptions(where, cycleId, trained));
const storedIn = (name: string) => company.s3.keys(`${name}/files/`);

/** Runs a publication in a process of its own, with a git that does as `onPush` says on a push. Resolves with its exit code or signal and all that it wrote. */
async function publishApart(name: string, where: WorkTree, onPush: (pidFile: string) => string) {
  const pidFile = join(company.folder, `${name}.pid`);
  const bin = await standInGit(join(company.folder, `${name}-bin`), realGit, onPush(pidFile));
  const git = { ...where.git, env: { ...where.git.env, PATH: `${bin}:${where.git.env.PATH}` } };
  const { log: _log, ...options } = company.publishOptions({ ...where, git }, "cycle-1", trained);
  const module = new URL("../../trainer/src/publish/publish-model.ts", import.meta.url).href;
  const script = join(company.folder, `${name}.mjs`);
  await writeFile(
    script,
    `import { writeFileSync } from "node:fs";
     import { publishModel } from ${JSON.stringify(module)};
     writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
     console.log(JSON.stringify(await publishModel({ ...${JSON.stringify(options)}, log: console.error })));`,
  );
  const child = spawn(process.execPath, [script], { cwd: company.folder, env: company.env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const [code, signal] = await once(child, "close");
  return { end: code ?? signal, said };
}

test("a first clone says what the branch has not published yet", () => {
  expect(tree.had).toEqual({ snapshot: false, model: false });
  expect(company.logged.join("\n")).toMatch(/no snapshot of current yet[\s\S]*the starter serves/);
});

test("publishing leaves one commit of pointers, metrics, parameters and card, with its trailers", async () => {
  const desk = await company.fork("plain", tree, { isOwn: true });
  const base = await head(desk);
  const published = await publish(desk.tree);
  const commit = await head(desk);
  expect(published).toEqual({
    outcome: "published",
    commit,
    modelVersion: trained.version,
    bundleHash: trained.hash,
  });
  expect(await desk.git("rev-parse", "main^")).toBe(base);
  expect(await desk.changedBy(commit)).toEqual([
    "data/current/.gitignore",
    "data/current/snapshot.dvc",
    "dvc.lock",
    "models/.gitignore",
    "models/current.best-params.json",
    "models/current.card.md",
    "models/current.metrics.json",
  ]);
  const message = await desk.git("log", "-1", "--format=%B", "main");
  expect(message).toContain(
    `Training-Cycle: cycle-1\nModel-Version: ${trained.version}\nBundle-Hash: ${trained.hash}`,
  );
  expect(Object.keys(parse(await desk.readOnBranch("dvc.lock")).stages)).toEqual([
    "export@starter",
    "export-to-dvc@current",
  ]);
  expect(await desk.readOnBranch("models/current.card.md")).not.toContain("a ticket's own words");
  // What the deploy workflow asks of a trainer's commit.
  const asked = {
    root: desk.remote,
    range: ["--max-count=1", "main"],
    authorEmail: undefined,
    arePushedByTrainer: true,
  };
  expect(await checkBotCommits({ ...asked, signingKey: undefined })).toEqual({ checked: 1, faults: [] });

  // The same cycle again, and another machine that begins with what was published.
  expect(await publish(desk.tree)).toEqual({ ...published, outcome: "already_published" });
  expect(await head(desk)).toBe(commit);
  const next = await desk.prepare("next");
  expect(next.had).toEqual({ snapshot: true, model: true });
  const manifest = JSON.parse(await readFile(join(next.root, "models/current/manifest.json"), "utf8"));
  expect(manifest.version).toBe(trained.version);

  // What a killed dvc pull leaves of them is not taken for whole; what a cycle has made there since is kept.
  const rows = join(next.root, "data/current/snapshot/rows.jsonl");
  await rm(rows);
  await writeFile(join(next.root, "models/current/manifest.json"), "{");
  const pointer = join(next.root, "data/current/snapshot.dvc");
  const fetched = await readFile(pointer, "utf8");
  await writeFile(pointer, fetched.replace(/md5: [0-9a-f]{32}/, `md5: ${"e".repeat(32)}`));
  await desk.prepare("next");
  expect(await readFile(rows, "utf8")).toContain(trained.version);
  expect(JSON.parse(await readFile(join(next.root, "models/current/manifest.json"), "utf8"))).toEqual(
    manifest,
  );
  expect(await readFile(pointer, "utf8")).toBe(fetched);
  await writeFile(rows, "newer tickets\n");
  await writeFile(ownSnapshotFile(next.root), "");
  await desk.prepare("next");
  expect(await readFile(rows, "utf8")).toBe("newer tickets\n");
});

test("a branch that moved on is built upon, and what others did to dvc.lock stays", async () => {
  const desk = await company.fork("ahead", tree);
  const lock = await desk.readOnBranch("dvc.lock");
  const retrained = lock.replace(/md5: [0-9a-f]{32}\.dir/, `md5: ${"e".repeat(32)}.dir`);
  const theirs = await desk.pushAsColleague({ "dvc.lock": `${retrained}\n`, "docs/note.md": "A note.\n" });
  expect(await publish(desk.tree)).toMatchObject({ outcome: "published" });
  expect(await desk.git("rev-parse", "main^")).toBe(theirs);
  expect(await desk.readOnBranch("docs/note.md")).toBe("A note.");
  const { stages } = parse(await desk.readOnBranch("dvc.lock"));
  expect(stages["export@starter"]).toEqual(parse(retrained).stages["export@starter"]);
  expect(stages["export-to-dvc@current"].outs[0].path).toBe("models/current");
});

test("a push that loses the race to a colleague is made again on top of theirs", async () => {
  const desk = await company.fork("race", tree);
  const before = await head(desk);
  const late = await desk.pushAsColleague({ "docs/note.md": "A note.\n" });
  await desk.git("update-ref", "refs/heads/main", before);
  // Between our fetch and our push the branch moves, once.
  const once = `if [ ! -e "$0.done" ]; then touch "$0.done"; "$real" --git-dir=${desk.remote} update-ref refs/heads/main ${late}; fi`;
  const { end, said } = await publishApart("race", desk.tree, () => once);
  expect([end, said]).toEqual([0, expect.stringContaining('"outcome":"published"')]);
  expect(await desk.git("rev-parse", "main^")).toBe(late);
});

test("where somebody else published a model meanwhile nothing is pushed, and the outcome names them", async () => {
  const desk = await company.fork("overtaken", tree);
  await publish(desk.tree, "cycle-of-another-pod");
  const theirs = await head(desk);
  const published = await publish(desk.tree, "cycle-2");
  expect(published).toMatchObject({ outcome: "overtaken", commit: theirs });
  expect(published).toHaveProperty("message", expect.stringContaining(`model ${trained.version} now`));
  expect(await head(desk)).toBe(theirs);
});

test("where the branch's pipeline is another by now nothing is pushed, and the message names the file", async () => {
  const desk = await company.fork("pipeline", tree);
  const theirs = await desk.pushAsColleague({
    "trainer/python/train.py": "print(2)\n",
    "shared/src/text/clean.test.ts": "// another test\n",
    "params.yaml": "current: { train: { queue: { eta: 0.1 } } }\nstarter: { seed: 1 }\n",
  });
  const failure = await publish(desk.tree).catch((error) => error);
  expect(failure).toMatchObject({ exitCode: 2 });
  expect(failure.message).toContain("1 files differ: trainer/python/train.py.");
  expect(await head(desk)).toBe(theirs);
});

test("a lock file with a committed conflict stops it with a message of its own", async () => {
  const desk = await company.fork("conflict", tree);
  const lock = await desk.readOnBranch("dvc.lock");
  await desk.pushAsColleague({ "dvc.lock": `${lock}\n<<<<<<< HEAD\n  x: 1\n=======\n` });
  await expect(publish(desk.tree)).rejects.toThrow("is not one that DVC can read");
});

test("a hook that refuses is told apart from a race: the data is there, no pointer, and no second try", async () => {
  const desk = await company.fork("hook", tree, { isOwn: true });
  const before = await head(desk);
  const hook = join(desk.remote, "hooks/pre-receive");
  await writeFile(
    hook,
    `#!/bin/sh\necho tried >> ${company.folder}/hook.txt\necho "only people push here" >&2\nexit 1\n`,
  );
  await chmod(hook, 0o755);
  const failure = await publish(desk.tree).catch((error) => error);
  expect(failure).toMatchObject({ exitCode: 2 });
  expect(failure.message).toMatch(
    /refuses a push to main: .*pre-receive hook declined.*only people push here/,
  );
  expect(await readFile(join(company.folder, "hook.txt"), "utf8")).toBe("tried\n");
  expect(await head(desk)).toBe(before);
  expect(await storedIn("hook")).toHaveLength(9);
});

test("a storage that is away leaves branch and work tree as they were", async () => {
  const desk = await company.fork("away", tree, {
    isOwn: true,
    endpointUrl: `http://127.0.0.1:${await freePort()}`,
  });
  const env = { ...desk.tree.env, AWS_ENDPOINT_URL: desk.config.dvc.endpointUrl ?? "" };
  const before = await head(desk);
  await expect(publish({ ...desk.tree, env })).rejects.toThrow("could not be asked what it holds");
  expect(await head(desk)).toBe(before);
});

test("a storage that refuses half of the objects gets no pointer; once it takes them, the same call publishes", async () => {
  const proxy = await startFaultyProxy(company.s3.url);
  try {
    const desk = await company.fork("half", tree, { isOwn: true, endpointUrl: proxy.url });
    const env = { ...desk.tree.env, AWS_ENDPOINT_URL: proxy.url, AWS_MAX_ATTEMPTS: "1" };
    const before = await head(desk);
    proxy.refuse = (method, path) =>
      method === "PUT" && /\/files\/md5\/[0-7]/.test(path) ? (path.endsWith(".dir") ? 403 : 503) : undefined;
    await expect(publish({ ...desk.tree, env })).rejects.toThrow(
      /No pointer may be committed|could not be asked/,
    );
    expect(proxy.refused.length).toBeGreaterThan(0);
    expect(await head(desk)).toBe(before);
    proxy.refuse = () => undefined;
    expect(await publish({ ...desk.tree, env })).toMatchObject({ outcome: "published" });
    expect(await storedIn("half")).toHaveLength(9);
  } finally {
    await proxy.stop();
  }
});

test("killed -9 between dvc push and git push: the branch is as it was, and the next run finishes", async () => {
  const desk = await company.fork("killed-before", tree, { isOwn: true });
  const before = await head(desk);
  const { end } = await publishApart("killed-before", desk.tree, (pid) => `kill -9 "$(cat ${pid})"; exit 1`);
  expect(end).toBe("SIGKILL");
  expect([await head(desk), (await storedIn("killed-before")).length]).toEqual([before, 9]);
  const again = await desk.prepare("killed-before");
  expect(again).toMatchObject({ isResumed: true, base: before });
  expect(await publish(again)).toMatchObject({ outcome: "published" });
  expect(await desk.git("rev-parse", "main^")).toBe(before);
});

test("killed -9 after git push: the next run finds its commit and pushes nothing", async () => {
  const desk = await company.fork("killed-after", tree);
  const { end } = await publishApart(
    "killed-after",
    desk.tree,
    (pid) => `"$real" "$@"; kill -9 "$(cat ${pid})"; exit 1`,
  );
  expect(end).toBe("SIGKILL");
  const commit = await head(desk);
  expect(await publish(desk.tree)).toMatchObject({ outcome: "already_published", commit });
  expect(await head(desk)).toBe(commit);
});

test("a connection that breaks after the remote took the push: the commit is found, not made twice", async () => {
  const desk = await company.fork("broken", tree);
  const before = await head(desk);
  const broken = `"$real" "$@" >/dev/null 2>&1; echo "fatal: the remote end hung up unexpectedly" >&2; exit 128`;
  const { end, said } = await publishApart("broken", desk.tree, () => broken);
  expect([end, said]).toEqual([0, expect.stringContaining('"outcome":"already_published"')]);
  expect(await desk.git("rev-parse", "main^")).toBe(before);
});

test("a bundle that is not the one of the gate is not published, nor from a tree in which code was changed", async () => {
  const desk = await company.fork("other", tree, { isOwn: true });
  const options = company.publishOptions(desk.tree, "cycle-1", { ...trained, hash: "f".repeat(64) });
  await expect(publishModel(options)).rejects.toThrow(/its hash is .* the gate let ffffffffffff pass/);
  await writeFile(join(desk.tree.root, "trainer/python/train.py"), "print(3)\n");
  await expect(publish(desk.tree)).rejects.toThrow("Files changed in");
  expect(await storedIn("other")).toEqual([]);
});

test("a dry run names each command and changes neither storage nor branch", async () => {
  const desk = await company.fork("dry", tree, { isOwn: true });
  const before = await head(desk);
  const commands: string[] = [];
  const git = { ...desk.tree.git, isDryRun: true, announce: (line: string) => commands.push(line) };
  await publish({ ...desk.tree, git });
  expect(commands.filter((line) => /^(dvc|git push)/.test(line))).toEqual([
    "dvc push models/current data/current/snapshot",
    expect.stringMatching(/^git push --porcelain \S+ [0-9a-f]{40}:refs\/heads\/main$/),
  ]);
  expect([await head(desk), await storedIn("dry")]).toEqual([before, []]);
});
