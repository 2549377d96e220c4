import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { botTrailers, pointerFiles } from "../../scripts/delivery/bot-commit-rules.ts";
import { runProgram } from "../../scripts/delivery/run-program.ts";
import { trailerNames } from "../../trainer/src/publish/find-published.ts";
import { publishedPaths } from "../../trainer/src/publish/published-paths.ts";
import { createRepository, type Repository, trainer, trainerEmail } from "./create-repository.ts";
import { lockOf, pointerCommit } from "./pointer-commit.ts";
import { runScript } from "./run-script.ts";

// Each step starts a program or two.
vi.setConfig({ testTimeout: 180_000 });

let repository: Repository;
let base: string;

beforeEach(async () => {
  repository = await createRepository();
  base = await repository.commit("A start", { "dvc.lock": lockOf("old"), "api/src/app.ts": "" });
});

afterEach(() => repository.remove());

const check = (env: Record<string, string> = {}, more: readonly string[] = []) =>
  runScript("check-bot-commit", ["--repository", repository.root, "--since", base, ...more], {
    TRAINER_AUTHOR_EMAIL: trainerEmail,
    ...env,
  });

describe("happy", () => {
  test("a commit that publishes a model passes", async () => {
    const { message, files } = pointerCommit("new");
    await repository.commit(message, files, trainer);
    const ended = await check();
    expect(ended.stderr).toBe("1 commits of the trainer: well\n");
    expect(ended.exitCode).toBe(0);
  });

  test("a commit that takes a model back passes, to before the first one too", async () => {
    const { message, files } = pointerCommit("new");
    await repository.commit(message, files, trainer);
    const gone = Object.fromEntries(Object.keys(files).map((path) => [path, null]));
    await repository.commit(
      "Back\n\nReverts-Model: 1-new\n",
      { ...gone, "dvc.lock": lockOf("old") },
      trainer,
    );
    expect(await check()).toMatchObject({ exitCode: 0, stderr: "2 commits of the trainer: well\n" });
  });

  test("what people commit is their own affair", async () => {
    await repository.commit("A route", { "api/src/app.ts": "changed", ".github/workflows/deploy.yml": "" });
    expect(await check()).toMatchObject({ exitCode: 0, stderr: "0 commits of the trainer: well\n" });
  });

  test("the files that may change are those that the trainer publishes", () => {
    const { lock, own, ignores } = publishedPaths("current");
    expect([...pointerFiles].sort()).toEqual([lock, ...own, ...ignores].sort());
    expect(botTrailers).toEqual([trailerNames.cycle, trailerNames.reverts]);
  });
});

describe("security", () => {
  const { message, files } = pointerCommit("new");

  test.each([
    ["code", { "api/src/app.ts": "backdoor" }, "changes api/src/app.ts"],
    ["a workflow", { ".github/workflows/deploy.yml": "on: push" }, "changes .github/workflows/deploy.yml"],
    ["the pipeline", { "dvc.yaml": "stages: {}" }, "changes dvc.yaml"],
    ["a file beside the pointers", { "models/current.card.md.sh": "" }, "changes models/current.card.md.sh"],
    ["a deleted file", { "api/src/app.ts": null }, "changes api/src/app.ts"],
    [
      "another data set's stage",
      { "dvc.lock": lockOf("new", "the trainer's") },
      "changes the stage train@starter",
    ],
    ["a lock that is none", { "dvc.lock": "stages: [" }, "leaves a dvc.lock that cannot be read"],
    ["an ignored file of code", { "models/.gitignore": "/current\n*.ts\n" }, 'has the line "*.ts"'],
  ])("%s in the trainer's commit is refused", async (_what, more, fault) => {
    await repository.commit(message, { ...files, ...more }, trainer);
    const ended = await check();
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain(fault);
  });

  test("the trainer under another name is known by its trailers", async () => {
    await repository.commit(message, { ...files, "api/src/app.ts": "backdoor" });
    expect((await check()).exitCode).toBe(2);
  });

  test("whatever the trainer's login pushes is held to be its own", async () => {
    await repository.commit("A route", { "api/src/app.ts": "backdoor" });
    const login = { TRAINER_LOGIN: "trainer[bot]" };
    expect((await check(login, ["--pushed-by", "somebody"])).exitCode).toBe(0);
    expect((await check(login, ["--pushed-by", "trainer[bot]"])).exitCode).toBe(2);
  });

  test("a commit of the trainer that says neither what it publishes nor what it takes back is refused", async () => {
    await repository.commit("Something", files, trainer);
    expect((await check()).stderr).toContain("says neither");
  });

  test("a pointer that became a link or a program is refused", async () => {
    await repository.commit(message, files, trainer);
    await repository.git("update-index", "--chmod=+x", "models/current.card.md");
    await repository.git("commit", "--quiet", `--author=${trainer}`, `--message=${message}`);
    expect((await check()).stderr).toContain("mode 100755");
  });

  test("a merge by the trainer is refused", async () => {
    await repository.git("checkout", "--quiet", "-b", "side");
    await repository.commit("Code", { "api/src/app.ts": "side" });
    await repository.git("checkout", "--quiet", "main");
    await repository.commit(message, files, trainer);
    await repository.git("merge", "--quiet", "--no-commit", "--no-ff", "side");
    await repository.git("commit", "--quiet", `--author=${trainer}`, `--message=${message}`);
    expect((await check()).stderr).toContain("has 2 parents");
  });

  test("with the trainer's key known, an unsigned commit and one signed by another key are refused", async () => {
    const makeKey = async (name: string) => {
      const file = join(repository.root, ".git", name);
      const args = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file];
      await runProgram("ssh-keygen", args, { cwd: repository.root, env: process.env, timeoutMs: 30_000 });
      return file;
    };
    const [own, other] = [await makeKey("own"), await makeKey("other")];
    const { stdout } = await runProgram("cat", [`${own}.pub`], {
      cwd: "/",
      env: process.env,
      timeoutMs: 5_000,
    });
    const signing = { TRAINER_SIGNING_KEY: stdout.trim() };
    const publish = async (key: string) => {
      await writeFile(join(repository.root, "models/current.card.md"), key);
      const settings = ["-c", "gpg.format=ssh", "-c", `user.signingkey=${key}`];
      await repository.git(
        ...settings,
        "commit",
        "--all",
        "--quiet",
        "-S",
        `--author=${trainer}`,
        `--message=${message}`,
      );
    };
    const since = await repository.commit(message, files, trainer);
    expect((await check(signing)).stderr).toContain("bears no signature");
    await publish(own);
    expect(await check(signing, ["--since", since])).toMatchObject({ exitCode: 0 });
    await publish(other);
    expect((await check(signing, ["--since", since])).exitCode).toBe(2);
  });
});

describe("error", () => {
  test("a push that began nowhere is looked at by its newest commits", async () => {
    await repository.commit("Something", { "api/src/app.ts": "backdoor" }, trainer);
    for (const since of ["0".repeat(40), "f".repeat(40), "", "--all"]) {
      const ended = await runScript(
        "check-bot-commit",
        ["--repository", repository.root, `--since=${since}`],
        {
          TRAINER_AUTHOR_EMAIL: trainerEmail,
        },
      );
      expect([since, ended.exitCode]).toEqual([since, 2]);
    }
  });

  test("a folder that is no repository is broken, not fine", async () => {
    expect((await runScript("check-bot-commit", ["--repository", "/"])).exitCode).toBe(1);
  });
});
