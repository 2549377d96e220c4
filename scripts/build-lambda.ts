// Makes the folder, and the archive, that AWS Lambda runs: docs/lambda.md. ./scripts/build-lambda [--arch x64|arm64] [--out FOLDER] [--no-zip]
// stdout: one line of JSON with folder, archive, sizes and digest. Exit codes: 0 done, 1 broken, 2 wrong use.
import { cp, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { findBundleFolder } from "../api/src/node/find-bundle-folder.ts";
import { readModelFolder } from "../shared/src/node/embedder/read-model-folder.ts";
import { pruneNodeModules } from "./images/prune-node-modules.ts";
import { bundleHandler, packagesApart } from "./lambda/bundle-handler.ts";
import { writeZip } from "./lambda/write-zip.ts";
import { callerPath } from "./lib/caller-path.ts";
import { findModelDir } from "./lib/find-model-dir.ts";
import { parseCommand } from "./lib/parse-command.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The file that Lambda loads. It is written first, so that it marks what this script may remove. */
const entry = {
  name: "lambda.mjs",
  content: 'export { handler, streamHandler } from "./api/src/node/lambda.mjs";\n',
};
/** What Lambda takes, unpacked and with all layers. */
const mostBytes = 250 * 1024 * 1024;

const { values, refuse } = parseCommand({
  usage: "Usage: ./scripts/build-lambda [--arch x64|arm64] [--out FOLDER] [--no-zip]",
  options: {
    arch: { type: "string", default: "x64" },
    out: { type: "string", default: join(root, "build/lambda") },
    "no-zip": { type: "boolean", default: false },
  },
});
if (values.arch !== "x64" && values.arch !== "arm64") refuse("--arch takes x64 or arm64.");
try {
  const folder = await findTarget(values.out);
  console.log(JSON.stringify(await make(folder, values.arch, !values["no-zip"])));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** The folder to make, absolute. Something else that is there would be removed: that is wrong use. */
async function findTarget(out: string): Promise<string> {
  if (out === "") refuse("--out takes a folder.");
  const path = callerPath(out);
  const folder = await realpath(path).catch(() => path);
  const checkout = await realpath(root);
  if (`${checkout}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`))
    refuse(`${folder} holds this repository: name a folder of its own.`);
  for (const there of [folder, `${folder}.part`]) {
    if (!(await mayBeReplaced(there)))
      refuse(`${there} is there and was not made by this script: name a new folder, or remove it first.`);
  }
  return folder;
}

/** Whether a folder is absent, empty or an earlier build. */
async function mayBeReplaced(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  if (found === null) return true;
  if (!found.isDirectory()) return false;
  if ((await readdir(folder)).length === 0) return true;
  return (await readFile(join(folder, entry.name), "utf8").catch(() => "")) === entry.content;
}

/** Builds beside the folder, and takes its place once everything is there. */
async function make(folder: string, arch: string, zips: boolean) {
  const draft = `${folder}.part`;
  await rm(draft, { recursive: true, force: true });
  const bytes = await fill(draft, arch).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    throw error;
  });
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
  if (!zips) return { folder, bytes };
  const archive = `${folder}.zip`;
  const sha256 = await writeZip(folder, archive);
  return { folder, bytes, archive, archiveBytes: (await stat(archive)).size, sha256 };
}

/** Gives the folder's size in bytes. Rejects where it is more than Lambda takes. */
async function fill(folder: string, arch: string): Promise<number> {
  const { weights, tokenizer } = readModelFolder(findModelDir({ modelDir: process.env.MODEL_DIR }));
  // Beside one another as in the repository: the code finds each part by its place.
  const handlers = join(folder, "api/src/node");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, entry.name), entry.content);
  await mkdir(handlers, { recursive: true });
  await bundleHandler(handlers);
  await copy("api/src/pages", folder);
  await copy("api/package.json", folder);
  await copy("LICENSE", folder);
  for (const name of packagesApart) await copy(join("node_modules", name), folder);
  await pruneNodeModules(join(folder, "node_modules"), { platform: "linux", arch });

  for (const file of [weights, tokenizer])
    await cp(file, join(folder, ".cache/models", relative(dirname(tokenizer), file)));
  const bundle = await findBundleFolder(process.env.BUNDLE_DIR, root);
  await cp(bundle, join(folder, "models/current"), { recursive: true });

  const bytes = await sizeOf(folder);
  if (bytes > mostBytes)
    throw new Error(`The folder has ${bytes} bytes, and Lambda takes ${mostBytes}: nothing can be deployed.`);
  return bytes;
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
