import { build, type Metafile } from "esbuild";

export type EdgeBundle = { readonly text: string; readonly imports: Metafile["outputs"][string]["imports"] };

/**
 * Bundles a program that uses createEdgeApp into one ES module for a runtime without Node: a neutral platform, so that an
 * import of a Node module is an error and not a surprise at the edge. The model files are not in it.
 */
export async function buildEdgeBundle(entryPoint: string): Promise<EdgeBundle> {
  const result = await build({
    entryPoints: [entryPoint],
    bundle: true,
    platform: "neutral",
    format: "esm",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "import"],
    minify: true,
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const [file] = result.outputFiles;
  const [output] = Object.values(result.metafile.outputs);
  if (!file || !output) throw new Error("esbuild gave no output for the edge bundle");
  return { text: file.text, imports: output.imports };
}
