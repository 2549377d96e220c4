import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/** Packages that stay packages: they look for files of theirs beside themselves. */
export const packagesApart = [
  "onnxruntime-common",
  "onnxruntime-node",
  "onnxruntime-web",
  "swagger-ui-dist",
] as const;

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Bundles api/src/lambda.ts and the embedder's thread into `outFolder` (lambda.mjs, embedder-worker.mjs and what they share). What a request
 * may never need is a file of its own, read when it is needed. Rejects with esbuild's failure.
 */
export async function bundleHandler(outFolder: string): Promise<void> {
  await build({
    entryPoints: [
      { in: `${root}api/src/lambda.ts`, out: "lambda" },
      { in: `${root}shared/src/node/embedder/embedder-worker.ts`, out: "embedder-worker" },
    ],
    outdir: outFolder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // Names stay, for the stack in a log.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "linked",
    // CommonJS packages call require, which an ES module has not.
    banner: {
      js: 'import { createRequire as requireOfModule } from "node:module"; const require = requireOfModule(import.meta.url);',
    },
    // Both are optional to those who ask for them.
    external: [...packagesApart, "pg-native", "@opentelemetry/api"],
    plugins: [threadProgram, withoutEmbeddedDatabase],
    logLevel: "error",
  });
}

/** The thread's program is found by its name beside the module that starts it: here that is another one. */
const threadProgram: Plugin = {
  name: "thread-program",
  setup: ({ onLoad }) =>
    onLoad({ filter: /start-embedder-worker\.ts$/ }, async ({ path }) => {
      const { readFile } = await import("node:fs/promises");
      const source = await readFile(path, "utf8");
      const named = source.replace('"./embedder-worker.ts"', '"./embedder-worker.mjs"');
      if (named === source) throw new Error(`${basename(path)} no longer names ./embedder-worker.ts`);
      return { contents: named, loader: "ts" };
    }),
};

/** api/src/lambda.ts starts with DATABASE_URL alone: the embedded database would be 17 MB that never run. */
const withoutEmbeddedDatabase: Plugin = {
  name: "without-embedded-database",
  setup: ({ onLoad }) =>
    onLoad({ filter: /node[/\\]database[/\\]open-pglite\.ts$/ }, () => ({
      contents:
        'export async function openPglite() { throw new Error("The embedded database is not in this bundle: set DATABASE_URL."); }',
      loader: "ts",
    })),
};
