import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CliError } from "../cli-error.ts";

/** How one of the trained models grew its trees. */
export type TreeKind = {
  readonly model: string;
  /** "gbtree", "dart" or "gblinear". */
  readonly booster: string;
  readonly parallelTrees: number;
};

/** XGBoost's own JSON of a model, as far as it is read; numbers are text in it. */
const modelSchema = z.object({
  learner: z.object({
    gradient_booster: z.looseObject({
      name: z.string(),
      model: z.object({ gbtree_model_param: z.object({ num_parallel_tree: z.string() }) }).optional(),
      gbtree: z
        .object({ model: z.object({ gbtree_model_param: z.object({ num_parallel_tree: z.string() }) }) })
        .optional(),
    }),
  }),
});

/** The folder below the trained models' that holds those of the second seed; see trainer/python/train.py. */
const secondSeedFolder = "second-seed";

/**
 * The kind of trees in every model file of the train stage's folder, the second seed's too. Rejects with CliError where one is missing or
 * is no model.
 */
export async function readTreeKinds(modelFolder: string): Promise<TreeKind[]> {
  const names = ["queue", "urgency", "scope"];
  const files = [...names, ...names.map((name) => `${secondSeedFolder}/${name}`)];
  // One after the other, so that of several that are missing it is the first that is named.
  const kinds: TreeKind[] = [];
  for (const model of files) kinds.push(await readTreeKind(modelFolder, model));
  return kinds;
}

async function readTreeKind(folder: string, model: string): Promise<TreeKind> {
  const path = join(folder, `${model}.json`);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new CliError(`${path} cannot be read: run the train stage first (./scripts/train).`, { cause });
  });
  const noModel = (reason: string) =>
    new CliError(`${path} is no model of XGBoost:\n${reason}\nRun the train stage again.`);
  const parsed = modelSchema.safeParse(parse(text, noModel));
  if (!parsed.success) throw noModel(z.prettifyError(parsed.error));
  const { name, model: own, gbtree } = parsed.data.learner.gradient_booster;
  const params = own ?? gbtree?.model;
  return { model, booster: name, parallelTrees: Number(params?.gbtree_model_param.num_parallel_tree ?? 0) };
}

function parse(text: string, noModel: (reason: string) => CliError): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw noModel(String(error));
  }
}
