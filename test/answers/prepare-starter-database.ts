import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
 * Folder of an embedded database that `./scripts/start` would begin with: the starter articles and solved tickets, by the
 * very command that it runs. Kept under .cache by the digest of its sources, since filling it takes a minute.
 */
export function prepareStarterDatabase(): string {
  const digest = createHash("sha256");
  for (const source of sources) {
    const files = readdirSync(join(root, source), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of files) digest.update(file.slice(root.length)).update(readFileSync(file));
  }
  const directory = join(root, ".cache/test", `starter-${digest.digest("hex").slice(0, 16)}`);
  const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts/prepare-database.ts")], {
    cwd: root,
    env: { PATH: process.env.PATH, DATA_DIR: directory, MODEL_DIR: process.env.MODEL_DIR ?? "" },
    encoding: "utf8",
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(`scripts/prepare-database.ts ended with ${status}:\n${stderr}`);
  return directory;
}
