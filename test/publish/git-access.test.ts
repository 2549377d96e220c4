// How git reaches the remote, and what of that may be seen: a real git against a real HTTP server that refuses, and a repository behind git's own.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { parseTrainerConfig } from "../../trainer/src/config.ts";
import { clone } from "../../trainer/src/git/clone.ts";
import { commitFiles } from "../../trainer/src/git/commit-files.ts";
import { fetchTip } from "../../trainer/src/git/fetch-tip.ts";
import { openGitPlace } from "../../trainer/src/git/open-git-place.ts";
import { pushCommit } from "../../trainer/src/git/push-commit.ts";
import { runProcess } from "../../trainer/src/processes/run-process.ts";
import { standInGit } from "./stand-in-git.ts";

const token = "tok_en/that+nobody=may&see";
const expected = `Basic ${btoa(`x-access-token:${token}`)}`;

let folder: string;
let server: Server;
let url: string;
let asked: { path: string; authorization: string | undefined }[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let realGit: string;
const env = { PATH: process.env.PATH ?? "", HOME: tmpdir(), GIT_TRACE: "1", GIT_CURL_VERBOSE: "1" };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "git-access-"));
  server = createServer((request, response) => {
    asked.push({ path: request.url ?? "", authorization: request.headers.authorization });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  realGit = (await run(folder, "sh", "-c", "command -v git")).trim();
  const seed = join(folder, "seed");
  await mkdir(seed);
  await run(seed, "git", "init", "--quiet", "--initial-branch=main");
  await writeFile(join(seed, "file.txt"), "one\n");
  await run(seed, "git", "add", ".");
  await run(
    seed,
    "git",
    "-c",
    "user.name=A",
    "-c",
    "user.email=a@example.org",
    "commit",
    "--quiet",
    "-m",
    "First",
  );
  await run(folder, "git", "clone", "--quiet", "--bare", "seed", "remote.git");
  await run(join(folder, "remote.git"), "git", "config", "http.receivepack", "true");
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

async function run(cwd: string, program: string, ...args: string[]): Promise<string> {
  const answered = await runProcess(program, args, {
    cwd,
    env: { PATH: env.PATH, HOME: tmpdir(), GIT_CONFIG_GLOBAL: "/dev/null" },
    timeoutMs: 60_000,
    output: "capture",
  });
  expect([program, ...args, answered.exitCode]).toEqual([program, ...args, 0]);
  return answered.stdout;
}

const gitConfig = (more: Record<string, string>) =>
  parseTrainerConfig({ GIT_REMOTE_URL: `${url}/remote.git`, ...more }).git;

/** Asks for the token, then hands over to git's own server program, as a host of git does. */
function serveRepository(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.authorization !== expected) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    return;
  }
  const { pathname, search } = new URL(request.url ?? "/", url);
  const backend = spawn(realGit, ["http-backend"], {
    env: {
      PATH: env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""),
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REMOTE_USER: "trainer",
    },
  });
  request.pipe(backend.stdin);
  const parts: Buffer[] = [];
  backend.stdout.on("data", (part) => parts.push(part));
  backend.on("close", () => {
    const all = Buffer.concat(parts);
    const end = all.indexOf("\r\n\r\n");
    const headers = all.subarray(0, end).toString().split("\r\n");
    const status = headers.find((line) => line.startsWith("Status: "))?.slice(8, 11);
    for (const line of headers.filter((line) => !line.startsWith("Status: "))) {
      const at = line.indexOf(": ");
      response.setHeader(line.slice(0, at), line.slice(at + 2));
    }
    response.writeHead(Number(status ?? 200)).end(all.subarray(end + 4));
  });
}

test("a token from the environment, or out of the address, opens the remote: clone, fetch and push", async () => {
  answer = serveRepository;
  const ways = [
    { GIT_TOKEN: token },
    { GIT_REMOTE_URL: `${url.replace("//", `//x-access-token:${encodeURIComponent(token)}@`)}/remote.git` },
  ];
  for (const [i, way] of ways.entries()) {
    const git = gitConfig(way);
    await clone(openGitPlace({ cwd: folder, git, env }), `clone-${i}`);
    const place = openGitPlace({ cwd: join(folder, `clone-${i}`), git, env });
    const parent = await fetchTip(place);
    const files = new Map([["file.txt", `from way ${i}\n`]]);
    const commit = await commitFiles(place, { parent, files, message: "Change\n" });
    expect(await pushCommit(place, commit ?? "")).toEqual({ outcome: "pushed" });
    expect(await run(join(folder, "remote.git"), "git", "rev-parse", "main")).toBe(commit);
    const written = await readFile(join(place.cwd, ".git/config"), "utf8");
    expect(written).toContain(`${url}/remote.git`);
    expect([written.includes(token), written.includes(encodeURIComponent(token))]).toEqual([false, false]);
  }
});

test.each([401, 403, 404, 500])(
  "where the remote answers %i the token is in no argument, message or output",
  async (status) => {
    answer = (_, response) =>
      response.writeHead(status, { "www-authenticate": 'Basic realm="git"' }).end(`no ${token}`);
    const bin = await standInGit(join(folder, `bin-${status}`), realGit);
    const script = join(folder, `refused-${status}.mjs`);
    const at = (path: string) =>
      JSON.stringify(new URL(`../../trainer/src/git/${path}`, import.meta.url).href);
    const address = `${url.replace("//", `//robot:${encodeURIComponent(token)}@`)}/remote.git`;
    const git = status === 403 ? gitConfig({ GIT_REMOTE_URL: address }) : gitConfig({ GIT_TOKEN: token });
    await writeFile(
      script,
      `import { openGitPlace } from ${at("open-git-place.ts")};
     import { clone } from ${at("clone.ts")};
     import { fetchTip } from ${at("fetch-tip.ts")};
     import { pushCommit } from ${at("push-commit.ts")};
     const place = openGitPlace({ ...JSON.parse(process.env.PLACE), env: { ...process.env }, announce: console.error });
     for (const work of [() => clone(place, "refused-clone"), () => fetchTip(place), () => pushCommit(place, "HEAD")])
       console.error(await work().catch((error) => error));`,
    );
    const child = spawn(process.execPath, [script], {
      cwd: join(folder, "seed"),
      env: { ...env, PATH: `${bin}:${env.PATH}`, PLACE: JSON.stringify({ cwd: join(folder, "seed"), git }) },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += chunk;
      });
    await once(child, "close");
    const calls = await readFile(join(bin, "calls.txt"), "utf8");
    expect(calls).toMatch(/^clone [\s\S]*^fetch [\s\S]*^push /m);
    expect(said).toContain("GIT_REMOTE_URL");
    expect(asked.some(({ authorization }) => authorization?.startsWith("Basic "))).toBe(status < 403);
    for (const form of [token, encodeURIComponent(token), expected.slice(6)])
      expect([status, said.includes(form), calls.includes(form)]).toEqual([status, false, false]);
  },
);

test("a person's own configuration, hooks and variables change nothing: the commit is the configured author's", async () => {
  const home = join(folder, "home");
  await mkdir(join(home, "hooks"), { recursive: true });
  await writeFile(
    join(home, ".gitconfig"),
    `[user]\n name = Somebody\n email = s@example.org\n[commit]\n gpgsign = true\n[url "/nowhere/"]\n insteadOf = ${folder}/\n`,
  );
  const git = parseTrainerConfig({
    GIT_REMOTE_URL: join(folder, "remote.git"),
    GIT_AUTHOR_NAME: "Robot",
    GIT_AUTHOR_EMAIL: "r@example.org",
  }).git;
  const stray = {
    GIT_DIR: "/nowhere",
    GIT_AUTHOR_DATE: "2001-01-01T00:00:00Z",
    GIT_INDEX_FILE: "/nowhere/index",
  };
  const place = openGitPlace({ cwd: join(folder, "seed"), git, env: { ...env, HOME: home, ...stray } });
  const parent = await fetchTip(place);
  const commit = await commitFiles(place, {
    parent,
    files: new Map([
      ["new.txt", "new\n"],
      ["file.txt", null],
    ]),
    message: "Change\n\nA-Trailer: yes\n",
  });
  const shown = await run(
    place.cwd,
    "git",
    "log",
    "-1",
    "--format=%an <%ae> %cn%n%G?%n%(trailers)",
    commit ?? "",
  );
  expect(shown.trim()).toBe("Robot <r@example.org> Robot\nN\nA-Trailer: yes");
  expect(shown).not.toContain("2001");
  expect(await run(place.cwd, "git", "ls-tree", "--name-only", commit ?? "")).toBe("new.txt");
  // Branch, index and work tree are as they were.
  expect(await run(place.cwd, "git", "status", "--porcelain")).toBe("");
});

test("with a signing key the commit is signed by it", async () => {
  const key = join(folder, "signing-key");
  await run(folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "robot", "-f", key);
  const git = parseTrainerConfig({ GIT_REMOTE_URL: join(folder, "remote.git"), GIT_SIGNING_KEY: key }).git;
  const place = openGitPlace({ cwd: join(folder, "seed"), git, env });
  const parent = await fetchTip(place);
  const commit = await commitFiles(place, {
    parent,
    files: new Map([["signed.txt", "x\n"]]),
    message: "Signed\n",
  });
  await writeFile(join(folder, "allowed"), `* namespaces="git" ${await readFile(`${key}.pub`, "utf8")}`);
  const settings = ["-c", "gpg.format=ssh", "-c", `gpg.ssh.allowedSignersFile=${join(folder, "allowed")}`];
  await run(place.cwd, "git", ...settings, "verify-commit", commit ?? "");
});

test.each([
  ["in the middle of the transfer", () => randomBytes(400_000)],
  ["in the middle of writing files", () => Buffer.alloc(400_000)],
])(
  "a disk that is full %s leaves no clone, and the message says where to make room",
  async (when, content) => {
    const name = when.replaceAll(" ", "-");
    const large = join(folder, `large-${name}`);
    await run(folder, "git", "clone", "--quiet", "remote.git", large);
    await writeFile(join(large, "large.bin"), content());
    await run(large, "git", "add", ".");
    await run(
      large,
      "git",
      "-c",
      "user.name=A",
      "-c",
      "user.email=a@example.org",
      "commit",
      "--quiet",
      "-m",
      "Large",
    );
    const into = join(folder, `small-disk-${name}`);
    const bin = join(folder, `bin-${name}`);
    for (const path of [into, bin]) await mkdir(path);
    // A limit on a file's size stands in for a full disk: writing fails with an error, as there.
    await writeFile(join(bin, "git"), `#!/bin/sh\ntrap '' XFSZ\nulimit -f 100\nexec ${realGit} "$@"\n`, {
      mode: 0o755,
    });
    const git = parseTrainerConfig({ GIT_REMOTE_URL: `file://${large}` }).git;
    const place = openGitPlace({ cwd: into, git, env: { ...env, PATH: `${bin}:${env.PATH}` } });
    await expect(clone(place, "clone")).rejects.toThrow(
      /could not be cloned .*(unable to write|too large).* room on the disk/s,
    );
    expect(await readdir(into)).toEqual([]);
  },
);
