import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What decides the rows of a freshly filled starter database. */
const sources = [
  "data/starter/articles",
  "data/starter/tickets",
  "shared/migrations",
  "shared/src/text",
  "shared/src/embedder",
  "api/src/knowledge",
];

/**
 * A fresh copy of the embedded database that `./scripts/start` would begin with: the starter articles and solved tickets, put
 * in by the very command that it runs. The original is kept under .cache by the digest of its sources, since filling it
 * takes a minute, and is never opened once it is ready. The caller removes the copy.
 */
export async function copyStarterDatabase(): Promise<string> {
  const directory = join(root, ".cache/test", `starter-${digestOfSources()}`);
  const readyFile = `${directory}.ready`;
  for (let triesLeft = 120; !existsSync(readyFile); triesLeft -= 1) {
    const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts/prepare-database.ts")], {
      cwd: root,
      env: { PATH: process.env.PATH, DATA_DIR: directory, MODEL_DIR: process.env.MODEL_DIR ?? "" },
      encoding: "utf8",
      timeout: 600_000,
    });
    if (status === 0) writeFileSync(readyFile, "");
    // Another suite is filling it.
    else if (stderr.includes("one process at a time") && triesLeft > 0) await setTimeout(2_000);
    else throw new Error(`scripts/prepare-database.ts ended with ${status}:\n${stderr}`);
  }
  const copy = await mkdtemp(join(tmpdir(), "starter-"));
  await cp(directory, copy, { recursive: true });
  return copy;
}

function digestOfSources(): string {
  const digest = createHash("sha256");
  for (const source of sources) {
    const files = readdirSync(join(root, source), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of files) digest.update(file.slice(root.length)).update(readFileSync(file));
  }
  return digest.digest("hex").slice(0, 16);
}
