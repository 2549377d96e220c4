// From a push to what serves, without GitHub: a bare repository whose hook (./post-receive) starts what deploy.yml says, with the same scripts, against
// the stand-in for a cluster.
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { createRepository, type Repository, trainer, trainerEmail } from "./create-repository.ts";
import { createFakeCluster, type FakeCluster } from "./fake-cluster.ts";
import { pointerCommit } from "./pointer-commit.ts";
import { runScript } from "./run-script.ts";
import { type ServedApi, startServedApi } from "./start-served-api.ts";

// Each step starts a program or two.
vi.setConfig({ testTimeout: 180_000 });

const program = fileURLToPath(new URL("../..", import.meta.url));
const apiImage = (letter: string) => `ghcr.io/example/support-it-agent-api@sha256:${letter.repeat(64)}`;

let cluster: FakeCluster;
let api: ServedApi;
let hub: Repository;
let person: Repository;
let bot: Repository;
let env: Record<string, string>;

beforeEach(async () => {
  cluster = await createFakeCluster();
  api = await startServedApi(async () => (await cluster.serves())?.at(-1) ?? "");
  hub = await createRepository({ isBare: true });
  const workflow = await readFile(join(program, ".github/workflows/deploy.yml"), "utf8");
  env = {
    ...cluster.env,
    PROGRAM: program.replace(/\/$/, ""),
    DEPLOY_PATHS: parse(workflow).on.push.paths.join("\n"),
    RUNS: join(hub.root, "runs"),
    API_URL: api.url,
    TRAINER_AUTHOR_EMAIL: trainerEmail,
  };
  await writeFile(env.RUNS ?? "", "");
  person = await createRepository({ from: hub.root, env });
  await person.git("checkout", "--quiet", "-b", "main");
  const { files } = pointerCommit("a");
  const code = { "api/src/app.ts": "", "docs/http.md": "", ".github/workflows/deploy.yml": workflow };
  await person.commit("A start", { ...files, ...code });
  await person.git("push", "--quiet", "origin", "main");
  bot = await createRepository({ from: hub.root, env });
  await mkdir(join(hub.root, "hooks"), { recursive: true });
  await symlink(
    fileURLToPath(new URL("post-receive", import.meta.url)),
    join(hub.root, "hooks/post-receive"),
  );
});

afterEach(async () => {
  await api.close();
  await cluster.remove();
  for (const repository of [hub, person, bot]) await repository.remove();
});

const runs = async () => (await readFile(env.RUNS ?? "", "utf8")).split("\n").filter(Boolean);

async function push(repository: Repository, message: string, files: Record<string, string>, author?: string) {
  await repository.git("pull", "--quiet", "--rebase", "origin", "main");
  const commit = await repository.commit(message, files, author);
  await repository.git("push", "--quiet", "origin", "HEAD:main");
  return commit;
}

const publish = (letter: string) => {
  const { message, files } = pointerCommit(letter);
  return push(bot, message, files, trainer);
};

test("one pointer commit of the trainer deploys once, and nothing is pushed because of it", async () => {
  const commit = await publish("b");
  expect(await runs()).toEqual([`${commit} ended with 0`]);
  expect(await cluster.serves()).toBe(apiImage("b"));
  expect(await hub.git("rev-parse", "main")).toBe(commit);
  expect((await cluster.state()).revisions).toHaveLength(1);
});

test("a commit of documents deploys nothing", async () => {
  await push(person, "A sentence", { "docs/http.md": "more" });
  expect(await runs()).toEqual([]);
  expect(await cluster.calls()).toEqual([]);
});

test("the way back deploys once, and the model before serves again", async () => {
  await publish("b");
  const message = "Go back to model 1-a\n\nPeople corrected it often.\n\nReverts-Model: 1-b\n";
  const commit = await push(bot, message, pointerCommit("a").files, trainer);
  expect((await runs()).at(-1)).toBe(`${commit} ended with 0`);
  expect(await runs()).toHaveLength(2);
  expect(await cluster.serves()).toBe(apiImage("a"));
});

test("a commit of the trainer that touches code is refused, and nothing of it reaches the cluster", async () => {
  const { message, files } = pointerCommit("b");
  const commit = await push(bot, message, { ...files, "api/src/app.ts": "backdoor" }, trainer);
  expect(await runs()).toEqual([`${commit} refused by the guard`]);
  expect(await cluster.calls()).toEqual([]);
});

test("a bundle that does not serve is undone, and a document pushed afterwards does not try it again", async () => {
  await publish("b");
  await cluster.plan({
    migration: "Complete",
    fail: [{ call: "rollout status", times: 1, says: "error: timed out waiting for the condition" }],
  });
  const commit = await publish("c");
  await push(person, "A sentence", { "docs/http.md": "more" });
  expect((await runs()).slice(1)).toEqual([`${commit} ended with 3`]);
  expect(await cluster.serves()).toBe(apiImage("b"));
});

test("a commit that main has moved on from is not deployed, and one that only documents follow is", async () => {
  const published = await publish("b");
  const documented = await push(person, "A sentence", { "docs/http.md": "more" });
  const check = async (commit: string) => {
    const args = ["--check-main", "--repository", hub.root, "--commit", commit, "--main", "main"];
    return (await runScript("deploy", args)).stdout;
  };
  expect(await check(published)).toBe("current=true\n");
  await publish("c");
  expect(await check(published)).toBe("current=false\n");
  expect(await check(documented)).toBe("current=false\n");
});

test("a deployment whose commit main has moved on from changes nothing, and says so with a code of its own", async () => {
  const old = await publish("b");
  await publish("c");
  const before = (await cluster.calls()).length;
  const overlay = fileURLToPath(new URL("fixtures/overlay", import.meta.url));
  const ended = await runScript(
    "deploy",
    [
      ...[
        "--overlay",
        overlay,
        "--api-image",
        apiImage("b"),
        "--trainer-image",
        apiImage("b").replace("-api", "-trainer"),
      ],
      ...[
        "--bundle-hash",
        "b",
        "--url",
        api.url,
        "--repository",
        hub.root,
        "--commit",
        old,
        "--main",
        "main",
      ],
    ],
    cluster.env,
  );
  expect(ended.exitCode).toBe(5);
  expect(await cluster.calls()).toHaveLength(before);
  expect(await cluster.serves()).toBe(apiImage("c"));
});
