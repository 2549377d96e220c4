import { readdir, readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { k3sFolder } from "./render.ts";

const secretSchema = z.object({
  kind: z.literal("Secret"),
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }),
  stringData: z.record(z.string(), z.string()),
});

/** The example of a Secret: what it holds, and the label that no API server takes. */
export type ExampleSecret = {
  readonly file: string;
  readonly name: string;
  readonly keys: string[];
  readonly guard: string;
};

/** The examples of bootstrap/secrets. */
export async function readExampleSecrets(): Promise<ExampleSecret[]> {
  const folder = `${k3sFolder}bootstrap/secrets/`;
  const files = await readdir(folder);
  return Promise.all(
    files.map(async (file) => {
      const { metadata, stringData } = secretSchema.parse(parse(await readFile(folder + file, "utf8")));
      const guard = metadata.labels["support-it-agent/example"] ?? "";
      return { file, name: metadata.name, keys: Object.keys(stringData), guard };
    }),
  );
}
