import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { downloadDataset } from "./download-dataset.ts";

const content = "subject,body\nA,b\n";
const sha256 = createHash("sha256").update(content).digest("hex");
const name = "owner/tickets";

let folder: string;
let server: Server;
let asked: string[];
let entries: object[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "datasets-"));
  asked = [];
  entries = [
    { type: "file", path: "README.md", size: 10, oid: "1" },
    {
      type: "file",
      path: "data/all tickets.csv",
      size: 134,
      oid: "2",
      lfs: { oid: sha256, size: content.length },
    },
  ];
  // The hub's two addresses: the listing of a revision, and a file of it.
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (request.url === `/api/datasets/${name}/tree/main?recursive=true`)
      response.end(JSON.stringify(entries));
    else if (request.url === `/datasets/${name}/resolve/main/data/all%20tickets.csv`) response.end(content);
    else response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const download = (options: { name?: string; file?: string; hubUrl?: string } = {}) =>
  downloadDataset({
    name,
    folder,
    hubUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...options,
  });

test("the only file of rows is fetched, checked against its digest, and fetched once", async () => {
  const path = await download();
  expect(await readFile(path, "utf8")).toBe(content);
  expect(await download()).toBe(path);
  expect(asked.filter((url) => url.includes("resolve"))).toHaveLength(1);
});

test("bytes that are not those of the listing are not kept", async () => {
  entries = [
    {
      type: "file",
      path: "data/all tickets.csv",
      size: 1,
      lfs: { oid: "0".repeat(64), size: content.length },
    },
  ];
  await expect(download()).rejects.toThrow("sent other bytes than the hub lists");
  await expect(readFile(join(folder, name, "data/all tickets.csv"))).rejects.toThrow("ENOENT");
});

test("of several files one must be named, and the message lists them", async () => {
  entries.push({ type: "file", path: "german.parquet", size: 2_000_000, oid: "3" });
  await expect(download()).rejects.toThrow(
    "Name one by --file:\n  data/all tickets.csv (0.0 MB)\n  german.parquet (2.0 MB)",
  );
  await expect(download({ file: "old.csv" })).rejects.toThrow("has no file old.csv any more");
  expect(await readFile(await download({ file: "data/all tickets.csv" }), "utf8")).toBe(content);
});

test("a hub that is not reached, and a set that is not there, lead to the download by hand", async () => {
  const away = download({ hubUrl: "http://127.0.0.1:1" });
  await expect(away).rejects.toThrow("Download its file by hand");
  await expect(away).rejects.toThrow("./scripts/import-tickets with the file");
  await expect(download({ name: "owner/none" })).rejects.toThrow("there is no such public data set");
});
