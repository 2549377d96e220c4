// The small steps of deploy.yml, each against a stand-in for what it asks.
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readPublishedBundle } from "../../scripts/delivery/read-published-bundle.ts";
import { runProgram } from "../../scripts/delivery/run-program.ts";
import { createRepository, trainer } from "./create-repository.ts";
import { lockOf, pointerCommit } from "./pointer-commit.ts";
import { runScript } from "./run-script.ts";

vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const digest = `sha256:${"a".repeat(64)}`;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steps-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A program of that name, first in PATH, which writes down its arguments and then does what `body` says. */
async function standIn(name: string, body: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\necho "$@" >>"${folder}/calls"\n${body}\n`);
  await chmod(join(folder, name), 0o755);
}

const calls = async () => (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");

const step = (name: string, args: readonly string[], env: Record<string, string> = {}) =>
  runProgram(
    name.endsWith("write-kubeconfig.ts") ? "node" : `${root}scripts/delivery/${name}`,
    name.endsWith("write-kubeconfig.ts") ? [`${root}scripts/delivery/${name}`, ...args] : args,
    {
      cwd: root,
      env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder, ...env },
      timeoutMs: 60_000,
    },
  );

describe("find-images", () => {
  const github = { GITHUB_REPOSITORY_OWNER: "Example", GITHUB_SHA: "c0ffee" };

  test("names the images in lower case, with the digest of what is there already", async () => {
    await standIn(
      "docker",
      `case "$4" in *-api:c0ffee) echo ${digest} ;; *) echo "not found" >&2; exit 1 ;; esac`,
    );
    const { stdout } = await step("find-images", [], github);
    expect(stdout.split("\n")).toEqual([
      "api=ghcr.io/example/support-it-agent-api",
      `api_digest=${digest}`,
      "trainer=ghcr.io/example/support-it-agent-trainer",
      "trainer_digest=",
      "",
    ]);
  });

  test("takes nothing for a digest that is none", async () => {
    await standIn("docker", "echo latest");
    expect((await step("find-images", [], github)).stdout).toContain("api_digest=\n");
  });
});

describe("pin-bases", () => {
  test("looks up the digests of the Dockerfiles' own tags", async () => {
    await standIn("docker", `echo ${digest}`);
    const { stdout } = await step("pin-bases", []);
    expect(stdout).toMatch(
      /^arguments<<END_OF_ARGUMENTS\nNODE_IMAGE=node:\S+@sha256:a{64}\nDEBIAN_IMAGE=debian:\S+@sha256:a{64}\nEND_OF_ARGUMENTS\n$/,
    );
  });

  test("keeps a base that was chosen by digest, and refuses one without", async () => {
    await standIn("docker", `echo ${digest}`);
    expect((await step("pin-bases", [], { NODE_IMAGE: `mirror/node@${digest}` })).stdout).toContain(
      "NODE_IMAGE=mirror/node@",
    );
    expect(await step("pin-bases", [], { NODE_IMAGE: "node:24" })).toMatchObject({ exitCode: 2 });
  });

  test("a base that is not found ends the build", async () => {
    await standIn("docker", "exit 1");
    expect((await step("pin-bases", [])).exitCode).toBe(1);
  });
});

describe("verify-images", () => {
  const github = { GITHUB_REPOSITORY: "example/agent", GITHUB_SHA: "c0ffee" };

  test("asks for both images whether deploy.yml of main built them from this commit", async () => {
    await standIn("gh", "exit 0");
    expect(await step("verify-images", [`ghcr.io/a@${digest}`, `ghcr.io/b@${digest}`], github)).toMatchObject(
      { exitCode: 0 },
    );
    const asked = await calls();
    expect(asked).toHaveLength(2);
    for (const wanted of [
      "example/agent/.github/workflows/deploy.yml",
      "--source-ref refs/heads/main",
      "--source-digest c0ffee",
      "--deny-self-hosted-runners",
    ])
      expect(asked[0]).toContain(wanted);
  });

  test("ends with the first image that was not, and refuses a tag unasked", async () => {
    await standIn("gh", "exit 1");
    expect(
      (await step("verify-images", [`ghcr.io/a@${digest}`, `ghcr.io/b@${digest}`], github)).exitCode,
    ).toBe(1);
    expect(await calls()).toHaveLength(1);
    expect((await step("verify-images", ["ghcr.io/a:latest"], github)).exitCode).toBe(2);
    expect(await calls()).toHaveLength(1);
  });
});

describe("write-signing-key", () => {
  const makeKey = async (name: string, passphrase = "") => {
    const file = join(folder, name);
    const args = ["-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", file];
    await runProgram("ssh-keygen", args, { cwd: folder, env: process.env, timeoutMs: 30_000 });
    return {
      SIGNING_KEY: await readFile(file, "utf8"),
      TRAINER_SIGNING_KEY: await readFile(`${file}.pub`, "utf8"),
    };
  };
  const write = (env: Record<string, string>) =>
    step("write-signing-key", [join(folder, "signing-key")], env);

  test("a commit that its key signs passes the guard, and the one without is refused", async () => {
    const pair = await makeKey("own");
    // As somebody pastes it: without the last line's end.
    expect(await write({ ...pair, SIGNING_KEY: pair.SIGNING_KEY.trimEnd() })).toMatchObject({ exitCode: 0 });
    const file = join(folder, "signing-key");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const repository = await createRepository();
    try {
      const since = await repository.commit("A start", { "dvc.lock": lockOf("old") });
      const { message, files } = pointerCommit("new");
      const guard = (from: string) =>
        runScript("check-bot-commit", ["--repository", repository.root, "--since", from], pair);
      const unsigned = await repository.commit(message, files);
      expect(await guard(since)).toMatchObject({ exitCode: 2 });
      const settings = ["-c", "gpg.format=ssh", "-c", `user.signingkey=${file}`];
      const signed = [
        "commit",
        "--quiet",
        "--allow-empty",
        "-S",
        `--author=${trainer}`,
        `--message=${message}`,
      ];
      await repository.git(...settings, ...signed);
      expect(await guard(unsigned)).toMatchObject({
        exitCode: 0,
        stderr: "1 commits of the trainer: well\n",
      });
    } finally {
      await repository.remove();
    }
  });

  test.each([
    ["no key", async () => ({ ...(await makeKey("own")), SIGNING_KEY: "" }), "TRAINER_PRIVATE_SIGNING_KEY"],
    ["a key with a passphrase", () => makeKey("locked", "passphrase"), "cannot be read"],
    [
      "another pair's key",
      async () => ({ ...(await makeKey("own")), SIGNING_KEY: (await makeKey("other")).SIGNING_KEY }),
      "not the other half",
    ],
  ])("%s is refused before anything is committed, and none is left behind", async (_, keys, message) => {
    const ended = await write(await keys());
    expect(ended).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining(message) });
    await expect(stat(join(folder, "signing-key"))).rejects.toThrow("ENOENT");
  });
});

describe("the way into the cluster", () => {
  const oidc = {
    KUBE_AUDIENCE: "support-it-agent-k3s",
    KUBE_SERVER: "https://k3s.example.org:6443",
    KUBE_CA: "Y2E=",
  };
  let github: Server;
  let tokens: number;

  beforeEach(async () => {
    tokens = 0;
    github = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? "", "http://localhost");
      const isRight =
        request.headers.authorization === "Bearer request-token" &&
        searchParams.get("audience") === oidc.KUBE_AUDIENCE;
      tokens += 1;
      const claims = Buffer.from(JSON.stringify({ exp: 1_900_000_000 })).toString("base64url");
      response
        .writeHead(isRight ? 200 : 401)
        .end(JSON.stringify({ value: `header.${claims}.signature-${tokens}` }));
    });
    await new Promise<void>((resolve) => github.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise<void>((resolve) => github.close(() => resolve())));

  const requestUrl = () => `http://127.0.0.1:${(github.address() as AddressInfo).port}/token?api-version=2`;

  test("with an audience the kubeconfig holds no token: each call fetches its own", async () => {
    const file = join(folder, "kubeconfig");
    expect(await step("write-kubeconfig.ts", [file], oidc)).toMatchObject({ exitCode: 0 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const [{ user }] = JSON.parse(await readFile(file, "utf8")).users;
    const [audience] = user.exec.env;
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: requestUrl(),
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
      [audience.name]: audience.value,
      PATH: process.env.PATH ?? "",
    };
    for (const nth of [1, 2]) {
      const { stdout } = await runProgram(user.exec.command, [], { cwd: folder, env, timeoutMs: 60_000 });
      const { status, kind, apiVersion } = JSON.parse(stdout);
      expect([apiVersion, kind]).toEqual([user.exec.apiVersion, "ExecCredential"]);
      expect(status.token).toMatch(new RegExp(`signature-${nth}$`));
      expect(status.expirationTimestamp).toBe("2030-03-17T17:46:40.000Z");
    }
  });

  test("a job without the permission, and a refusal by GitHub, are said without the token", async () => {
    const without = await step("github-token.ts", [], { KUBE_AUDIENCE: "a" });
    expect(without.exitCode).toBe(1);
    expect(without.stderr).toContain("id-token: write");
    const refused = await step("github-token.ts", [], {
      KUBE_AUDIENCE: "another",
      ACTIONS_ID_TOKEN_REQUEST_URL: requestUrl(),
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
    });
    expect(refused).toMatchObject({ exitCode: 1, stdout: "", stderr: "GitHub gave no token: 401.\n" });
  });

  test("without an audience the stored kubeconfig is written, for its owner alone", async () => {
    const file = join(folder, "kubeconfig");
    await step("write-kubeconfig.ts", [file], { KUBECONFIG_CONTENT: "apiVersion: v1" });
    expect(await readFile(file, "utf8")).toBe("apiVersion: v1\n");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test.each([
    [{}, "There is no way into the cluster"],
    [{ ...oidc, KUBE_SERVER: "http://k3s.example.org" }, "KUBE_SERVER must be an https address"],
    [{ ...oidc, KUBE_CA: "-----BEGIN" }, "KUBE_CA must be"],
  ])("an environment that does not say how is refused: %#", async (env, message) => {
    const ended = await step("write-kubeconfig.ts", [join(folder, "kubeconfig")], env);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain(message);
  });
});

describe("the bundle", () => {
  test("the starter's is what was measured, and one with another's figures is refused", async () => {
    const { hash } = await readPublishedBundle(root, "starter");
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const models = join(folder, "models");
    await runProgram("cp", ["-R", `${root}models`, models], {
      cwd: root,
      env: process.env,
      timeoutMs: 60_000,
    });
    const metrics = JSON.parse(await readFile(join(models, "starter.metrics.json"), "utf8"));
    metrics.bundle.hash = "0".repeat(64);
    await writeFile(join(models, "starter.metrics.json"), JSON.stringify(metrics));
    await expect(readPublishedBundle(folder, "starter")).rejects.toThrow(
      "what would ship is not what was measured",
    );
  });

  test("a bundle with a changed file is refused before anything is served", async () => {
    await runProgram("cp", ["-R", `${root}models`, join(folder, "models")], {
      cwd: root,
      env: process.env,
      timeoutMs: 60_000,
    });
    await writeFile(join(folder, "models/starter/queue.onnx"), "another model");
    await expect(readPublishedBundle(folder, "starter")).rejects.toThrow("queue.onnx");
  });
});
