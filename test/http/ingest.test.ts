// ./scripts/ingest: odd files in a folder, and servers that refuse one document or all.
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listDocuments } from "../../api/src/knowledge/list-documents.ts";
import { createHttpKnowledge } from "../../scripts/lib/create-http-knowledge.ts";
import { findGoneDocuments } from "../../scripts/lib/find-gone-documents.ts";
import { IngestError } from "../../scripts/lib/ingest-error.ts";
import { ingestFolder } from "../../scripts/lib/ingest-folder.ts";
import { openDatabase } from "../../shared/src/node/database/open-database.ts";
import { runCommand } from "./run-command.ts";
import { killServerProcesses, startServerProcess } from "./start-server-process.ts";

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "ingest-"));
  folder = join(root, "kb");
  await mkdir(folder);
  return () => rm(root, { recursive: true, force: true, maxRetries: 5 });
});
afterEach(killServerProcesses);

/** A file of the folder; its name may be any bytes. */
async function put(name: string | Buffer, text = "# VPN\n\nRestart it."): Promise<void> {
  const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
  await mkdir(dirname(path.toString("latin1")), { recursive: true });
  await writeFile(path, text);
}

/** Takes every document, and what `before` does of each. */
function collectDocuments(before: (id: string) => Promise<void> = async () => {}) {
  const ids: string[] = [];
  const putDocument = async ({ externalId }: { externalId: string }) => {
    await before(externalId);
    ids.push(externalId);
    return "created" as const;
  };
  return { ids, putDocument };
}

const longPath = `${"folder/".repeat(80)}a.md`;
const latin1Name = Buffer.from("R\xe9seau.md", "latin1");

describe("one odd file is refused by name, and the others go in:", () => {
  test("a name in Latin-1, a path that is no id, a file that is too large or goes away", async () => {
    for (const name of ["a.md", "b.md", "c.md", latin1Name, "new\nline.md", longPath]) await put(name);
    await put("large.txt", "a".repeat(10_000_001));
    const { ids, putDocument } = collectDocuments(async (id) => {
      if (id === "a.md") await rm(join(folder, "b.md"));
    });
    const summary = await ingestFolder({ putDocument }, folder);
    expect(ids).toEqual(["a.md", "c.md"]);
    expect(summary).toMatchObject({ created: 2, replaced: 0, unchanged: 0 });
    expect(Object.fromEntries(summary.refused.map(({ file, reason }) => [file, reason]))).toEqual({
      "Réseau.md": "Its name is no UTF-8 text. Rename it.",
      "b.md": "It cannot be read (ENOENT).",
      "large.txt": expect.stringContaining("10000001 bytes"),
      "new\nline.md": expect.stringContaining("control characters"),
      [longPath]: expect.stringContaining("500"),
    });
  });

  test.each([
    ["straight into the database", false],
    ["through the running server", true],
  ])(
    "%s",
    async (_, isThroughServer) => {
      for (const name of [
        "a.md",
        "z.md",
        "x.docx",
        "y.DOCX",
        "Makefile",
        ".hidden",
        latin1Name,
        "new\nline.md",
        longPath,
      ])
        await put(name);
      await put("empty.md", "");
      const env = { DATA_DIR: join(root, "data") };
      if (isThroughServer) {
        await runCommand("scripts/keys.ts", ["list"], env);
        await startServerProcess(env).url;
      }
      const { code, stdout, stderr } = await runCommand("scripts/ingest.ts", [folder], env);
      expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 3, created: 2, refused: 4 });
      expect(stderr).toContain("refused Réseau.md: Its name");
      expect(stderr).toContain("refused new?line.md: ");
      expect(stderr).toContain("refused empty.md: ");
      expect(JSON.parse(stdout).passed_over).toEqual({ ".docx": 2, "": 1 });
      expect(stderr).toContain(
        "passed over: 2 .docx, 1 without an ending; Markdown, HTML, text and PDF are read",
      );
    },
    120_000,
  );
});

test("links are followed within the folder, each file once and under its own name first", async () => {
  const link = (target: string, name: string) => symlink(target, join(folder, name));
  await put("..2026_11_29/mounted.md");
  await link("..2026_11_29", "..data");
  await link("..data/mounted.md", "mounted.md");
  await put("b/own.md");
  await put("..2026_11_29/more/deep.md");
  await link("..data/more", "more");
  await link("b/own.md", "a-link.md");
  await link("b", "a-folder");
  await link("..", "b/loop");
  await link(".", "self");
  await writeFile(join(root, "outside.md"), "secret");
  await link("../outside.md", "outside.md");
  await link("..", "up");
  await link("nowhere", "broken.md");
  await link("round.md", "round.md");
  const { ids, putDocument } = collectDocuments();
  const { refused } = await ingestFolder({ putDocument }, folder);
  expect(ids).toEqual(["b/own.md", "more/deep.md", "mounted.md"]);
  expect(refused).toEqual([
    { file: "broken.md", reason: "It is a link that leads nowhere (ENOENT)." },
    { file: "outside.md", reason: "It is a link that leads out of the folder." },
    { file: "round.md", reason: "It is a link that leads nowhere (ELOOP)." },
    { file: "up", reason: "It is a link that leads out of the folder." },
  ]);
});

test("an accent is the same name composed and decomposed, and two files of it are not one document", async () => {
  await put("Acce\u0300s.md");
  const { ids, putDocument } = collectDocuments();
  await ingestFolder({ putDocument }, folder, { source: "it" });
  expect(ids).toEqual(["it//Acc\u00e8s.md"]);
  await put("Acc\u00e8s.md");
  expect(await ingestFolder({ putDocument }, folder)).toMatchObject({ created: 1, refused: [{}] });
});

test("gone is what a source's documents on all pages have no file for; what could not be read is not gone", async () => {
  const pages = [
    ["README.md", "hr//old.md", "it", "it/old.md"],
    ["it//Acc\u00e8s.md", "it//closed/a.md", "it//closed.md", "it//large.txt", "it//old.md", "it2//old.md"],
  ];
  const asked: (string | undefined)[] = [];
  const listPage = async (cursor?: string) => {
    asked.push(cursor);
    const page = pages[cursor === undefined ? 0 : 1]!;
    return {
      documents: page.map((externalId) => ({ id: externalId, externalId })),
      nextCursor: cursor === undefined ? "it/old.md" : null,
    };
  };
  const refused = ["closed", "large.txt"].map((file) => ({ file, reason: "" }));
  const found = { files: ["Acce\u0300s.md"], refused };
  const gone = await findGoneDocuments({ listDocuments: listPage }, "it", found);
  expect(gone.map(({ externalId }) => externalId)).toEqual(["it//closed.md", "it//old.md"]);
  expect(asked).toEqual([undefined, "it/old.md"]);
});

describe.each([
  ["in the database", false],
  ["behind the running server", true],
])("a folder and its documents %s", (_, isThroughServer) => {
  test("stay the same by --source and --prune, and no other folder's document is touched", async () => {
    const env = { DATA_DIR: join(root, "data") };
    let url = "";
    if (isThroughServer) {
      await runCommand("scripts/keys.ts", ["list"], env);
      url = await startServerProcess(env).url;
    }
    const ingest = async (...args: string[]) => {
      const { code, stdout, stderr } = await runCommand("scripts/ingest.ts", args, env);
      return { code, summary: stdout === "" ? null : JSON.parse(stdout), stderr };
    };
    await put("it/README.md");
    await put("hr/README.md", "# Leave\n\nAsk your manager.");
    const [it, hr] = [join(folder, "it"), join(folder, "hr")];
    expect(await ingest(folder)).toMatchObject({ code: 0, summary: { created: 2 } });
    await ingest(it, "--source", "it");
    expect(await ingest(hr, "--source", "hr")).toMatchObject({ code: 0, summary: { created: 1, gone: 0 } });

    await rename(join(it, "README.md"), join(it, "vpn.md"));
    const renamed = await ingest(it, "--source", "it");
    expect(renamed).toMatchObject({ code: 0, summary: { created: 1, gone: 1, removed: 0 } });
    expect(renamed.stderr).toContain("no longer in the folder: it//README.md\n");
    const pruned = await ingest(it, "--source", "it", "--prune");
    expect(pruned).toMatchObject({ code: 0, summary: { unchanged: 1, gone: 1, removed: 1 } });
    expect(pruned.stderr).toContain("removed it//README.md\n");

    await rm(join(it, "vpn.md"));
    const emptied = await ingest(it, "--source", "it", "--prune");
    expect(emptied).toMatchObject({ code: 1, summary: null });
    expect(emptied.stderr).toContain("Nothing was removed");
    const stored = isThroughServer ? await idsBehind(url) : await idsIn(env.DATA_DIR);
    expect(stored.sort()).toEqual(["hr//README.md", "hr/README.md", "it//vpn.md", "it/README.md"]);
  }, 400_000);
});

async function idsBehind(url: string): Promise<string[]> {
  const { documents } = await (await fetch(`${url}/documents`)).json();
  return documents.map((document: { external_id: string }) => document.external_id);
}

async function idsIn(dataDirectory: string): Promise<string[]> {
  const database = await openDatabase({ url: undefined, driver: undefined, dataDirectory });
  const { documents } = await listDocuments(database, { limit: 100 });
  await database.close();
  return documents.map(({ externalId }) => externalId);
}

test.each([
  [[], "No folder was named."],
  [["nowhere"], "nowhere is no folder."],
  [[".", "--prune"], "--prune needs --source NAME"],
  [[".", "--source", "a/b"], "--source is a name of letters"],
  [[".", "--all"], "--all"],
])("%j is refused with the usage", async (args, message) => {
  const { code, stdout, stderr } = await runCommand("scripts/ingest.ts", args, {});
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).toContain("Usage: ./scripts/ingest FOLDER");
});

describe("a server that refuses", () => {
  let url: string;
  let answer: (response: ServerResponse) => unknown;
  beforeEach(async () => {
    for (const name of ["a.md", "b.md", "c.md"]) await put(name);
    const server = createServer((request, response) => {
      if (request.url?.includes("b.md")) answer(response);
      else response.writeHead(201).end('{"outcome":"created"}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return () => new Promise((resolve) => server.close(resolve));
  });

  const problem = (status: number) => (response: ServerResponse) =>
    response.writeHead(status).end(JSON.stringify({ code: "some_code", title: "t", detail: "The reason." }));

  test.each([400, 404, 409, 413, 415, 422, 500, 504])(
    "one document with %i takes the others",
    async (status) => {
      answer = problem(status);
      const summary = await ingestFolder(createHttpKnowledge(url, undefined), folder);
      expect(summary).toMatchObject({ created: 2, refused: [{ file: "b.md" }] });
      expect(summary.refused[0]?.reason).toContain(`answered ${status}: The reason.`);
    },
  );

  test.each([
    ["with 401", problem(401)],
    ["with 403", problem(403)],
    ["with 503", problem(503)],
    ["by going away", (response: ServerResponse) => response.destroy()],
  ])("all documents %s ends the run, which says how far it came", async (_, refuse) => {
    answer = refuse;
    const error = await ingestFolder(createHttpKnowledge(url, undefined), folder).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(IngestError);
    expect(error.message).toContain("The ingest ended at b.md, after 1 of 3 files");
    expect(error.summary).toMatchObject({ created: 1, refused: [] });
  });
});
