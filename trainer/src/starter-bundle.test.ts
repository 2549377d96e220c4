// The committed starter bundle is what dvc.lock says came out of the committed data and parameters.
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadBundle } from "@support-it-agent/shared/bundle/load-bundle";
import { readBundleFolder } from "@support-it-agent/shared/node/read-bundle-folder";
import { ticketText } from "@support-it-agent/shared/text/ticket-text";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { groupNearDuplicates } from "./stages/snapshot/group-near-duplicates.ts";

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

const entrySchema = z.object({ path: z.string(), md5: z.string() });
const lockSchema = z.object({
  stages: z.record(z.string(), z.object({ deps: z.array(entrySchema), outs: z.array(entrySchema) })),
});

const textSchema = z.object({ subject: z.string().optional(), body: z.string() });

async function lockedMd5(outPath: string): Promise<string | undefined> {
  const lock = lockSchema.parse(parse(await readFile(path("dvc.lock"), "utf8")));
  return Object.values(lock.stages)
    .flatMap(({ outs }) => outs)
    .find((out) => out.path === outPath)?.md5;
}

/** DVC's MD5 of a folder, by its documented rule. */
async function folderMd5(folder: string): Promise<string> {
  const names = (await readdir(path(folder))).sort();
  const entries = await Promise.all(
    names.map(async (name) => {
      const md5 = createHash("md5")
        .update(await readFile(path(`${folder}/${name}`)))
        .digest("hex");
      return `{"md5": "${md5}", "relpath": "${name}"}`;
    }),
  );
  return `${createHash("md5")
    .update(`[${entries.join(", ")}]`)
    .digest("hex")}.dir`;
}

test("this code's features and this bundle fit together", async () => {
  await expect(loadBundle(readBundleFolder(path("models/starter")))).resolves.toBeDefined();
});

test("the bundle is the one that dvc.lock names", async () => {
  expect(await folderMd5("models/starter")).toBe(await lockedMd5("models/starter"));
});

test("the tickets are those that the bundle was trained on", async () => {
  const lock = lockSchema.parse(parse(await readFile(path("dvc.lock"), "utf8")));
  const tickets = lock.stages["snapshot@starter"]?.deps.find((dep) => dep.path === "data/starter/tickets");
  expect(await folderMd5("data/starter/tickets")).toBe(tickets?.md5);
});

test("the manifest's data_md5 is DVC's own of the snapshot", async () => {
  const { manifest } = await loadBundle(readBundleFolder(path("models/starter")));
  expect(manifest.lineage.data_md5).toBe(await lockedMd5("build/starter/snapshot"));
});

test("the bundle is small enough for git: at most 4 MB", async () => {
  const names = await readdir(path("models/starter"));
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(path(`models/starter/${name}`))).size),
  );
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(4_000_000);
});

test("of the tickets it learns from, at most one in twenty says nearly the same as another: TF-IDF cosine above .45", async () => {
  const files = (await readdir(path("data/starter/tickets"))).sort();
  const texts = await Promise.all(
    files.map((name) => readFile(path(`data/starter/tickets/${name}`), "utf8")),
  );
  const tickets = texts.flatMap((text) =>
    text
      .trim()
      .split("\n")
      .map((line) => textSchema.parse(JSON.parse(line))),
  );
  const groups = groupNearDuplicates(tickets.map(ticketText), 0.45);
  const repeated = tickets.length - new Set(groups).size;
  expect(tickets.length).toBeGreaterThanOrEqual(1_500);
  expect(repeated / tickets.length).toBeLessThanOrEqual(0.05);
});
