// Makes the folder, and the archive, that AWS Lambda runs: docs/lambda.md. ./scripts/build-lambda [--arch x64|arm64] [--out FOLDER] [--no-zip]
// stdout: one line of JSON with folder, archive, sizes and digest. Exit codes: 0 done, 1 broken, 2 wrong use.
import { cp, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findBundleFolder } from "../api/src/node/find-bundle-folder.ts";
import { readModelFolder } from "../shared/src/node/embedder/read-model-folder.ts";
import { pruneNodeModules } from "./images/prune-node-modules.ts";
import { bundleHandler, packagesApart } from "./lambda/bundle-handler.ts";
import { writeZip } from "./lambda/write-zip.ts";
import { callerPath } from "./lib/caller-path.ts";
import { findModelDir } from "./lib/find-model-dir.ts";

const usage = "Usage: ./scripts/build-lambda [--arch x64|arm64] [--out FOLDER] [--no-zip]";
const root = fileURLToPath(new URL("..", import.meta.url));
/** What Lambda takes, unpacked and with all layers. */
const mostBytes = 250 * 1024 * 1024;

try {
  const { values } = parseArgs({
    options: {
      arch: { type: "string", default: "x64" },
      out: { type: "string", default: join(root, "build/lambda") },
      "no-zip": { type: "boolean", default: false },
    },
  });
  if (values.arch !== "x64" && values.arch !== "arm64") throw new TypeError("--arch takes x64 or arm64.");
  console.log(JSON.stringify(await make(callerPath(values.out), values.arch, !values["no-zip"])));
} catch (error) {
  const isUsage = error instanceof TypeError;
  console.error(isUsage ? `${error.message}\n${usage}` : error instanceof Error ? error.message : error);
  process.exitCode = isUsage ? 2 : 1;
}

async function make(folder: string, arch: string, zips: boolean) {
  // Beside one another as in the repository: the code finds each part by its place.
  const handlers = join(folder, "api/src/node");
  await rm(folder, { recursive: true, force: true });
  await mkdir(handlers, { recursive: true });
  await bundleHandler(handlers);
  await writeFile(
    join(folder, "lambda.mjs"),
    'export { handler, streamHandler } from "./api/src/node/lambda.mjs";\n',
  );
  await copy("api/src/pages", folder);
  await copy("api/package.json", folder);
  await copy("LICENSE", folder);
  for (const name of packagesApart) await copy(join("node_modules", name), folder);
  await pruneNodeModules(join(folder, "node_modules"), { platform: "linux", arch });

  const { weights, tokenizer } = readModelFolder(findModelDir({ modelDir: process.env.MODEL_DIR }));
  for (const file of [weights, tokenizer])
    await cp(file, join(folder, ".cache/models", relative(dirname(tokenizer), file)));
  const bundle = await findBundleFolder(process.env.BUNDLE_DIR, root);
  await cp(bundle, join(folder, "models/current"), { recursive: true });

  const bytes = await sizeOf(folder);
  if (bytes > mostBytes)
    throw new Error(`${folder} has ${bytes} bytes, and Lambda takes ${mostBytes}: nothing can be deployed.`);
  if (!zips) return { folder, bytes };
  const archive = `${folder}.zip`;
  const sha256 = await writeZip(folder, archive);
  return { folder, bytes, archive, archiveBytes: (await stat(archive)).size, sha256 };
}

async function copy(path: string, folder: string): Promise<void> {
  await cp(join(root, path), join(folder, path), { recursive: true, dereference: true });
}

async function sizeOf(folder: string): Promise<number> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const sizes = await Promise.all(
    files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
