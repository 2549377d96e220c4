// node scripts/images/prune-node-modules.ts FOLDER: what no program on this platform reads leaves an installed node_modules. The
// images and the Lambda bundle use it. Prints what went, by reason. Licences stay, whatever they are called.
import type { Dirent } from "node:fs";
import { readdir, rm, rmdir, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";

/** Whose files stay: those of one operating system and processor, as Node names them. */
export type Platform = { readonly platform: string; readonly arch: string };

/** What went, in bytes, by the reason for it. */
export type Pruned = ReadonlyMap<string, number>;

/** Deletes in `folder` (a node_modules) what is not used by a Node of that platform. Running it again finds nothing. */
export async function pruneNodeModules(folder: string, on: Platform): Promise<Pruned> {
  const pruned = new Map<string, number>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const reason = reasonToGo(relative(folder, path), entry, on);
    if (reason === undefined) continue;
    pruned.set(reason, (pruned.get(reason) ?? 0) + (await stat(path)).size);
    await rm(path);
  }
  await removeEmptyFolders(folder);
  return pruned;
}

/** What onnxruntime-web has for Node: `onnxruntime-web` and `onnxruntime-web/wasm`, and the one binary that both load. */
const usedOfOnnxruntimeWeb = new Set([
  "ort.node.min.js",
  "ort.node.min.mjs",
  "ort.wasm.bundle.min.mjs",
  "ort-wasm-simd-threaded.mjs",
  "ort-wasm-simd-threaded.wasm",
]);

/** What api/src/node/create-read-page.ts serves of swagger-ui-dist. */
const usedOfSwagger = new Set(["package.json", "swagger-ui.css", "swagger-ui-bundle.js"]);

function reasonToGo(path: string, entry: Dirent, { platform, arch }: Platform): string | undefined {
  const name = entry.name;
  if (isLicence(name)) return undefined;
  const binary = /(?:^|\/)onnxruntime-node\/bin\/napi-v\d+\/([^/]+)\/([^/]+)\//.exec(path);
  if (binary) {
    return binary[1] === platform && binary[2] === arch ? undefined : "native libraries of other platforms";
  }
  if (/(?:^|\/)onnxruntime-web\/dist\/[^/]+$/.test(path) && !usedOfOnnxruntimeWeb.has(name)) {
    return "browser builds of ONNX Runtime";
  }
  if (/(?:^|\/)swagger-ui-dist\/[^/]+$/.test(path) && !usedOfSwagger.has(name)) {
    return "other builds of Swagger UI";
  }
  if (/\.map$/.test(name)) return "source maps";
  // Node does not run TypeScript below node_modules: declarations and sources alike are for other programs.
  if (/\.[cm]?tsx?$/.test(name)) return "TypeScript";
  if (/\.(md|markdown|flow|tsbuildinfo)$/i.test(name)) return "documents";
  return undefined;
}

function isLicence(name: string): boolean {
  return /licen[cs]e|notice|copying|copyright|patents|authors/i.test(name);
}

async function removeEmptyFolders(folder: string): Promise<boolean> {
  let isEmpty = true;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const isGone = entry.isDirectory() && (await removeEmptyFolders(join(folder, entry.name)));
    isEmpty &&= isGone;
  }
  if (isEmpty) await rmdir(folder);
  return isEmpty;
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined || basename(folder) !== "node_modules") {
    console.error("Usage: node scripts/images/prune-node-modules.ts PATH/node_modules");
    process.exit(2);
  }
  for (const [reason, bytes] of await pruneNodeModules(folder, process)) {
    console.error(`${(bytes / 1e6).toFixed(1).padStart(7)} MB ${reason}`);
  }
}
