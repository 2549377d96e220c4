import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";

const workflowSchema = z.looseObject({
  on: z.looseObject({ push: z.looseObject({ paths: z.array(z.string().min(1)).min(1) }) }),
});

/** Which files decide what is deployed: the globs of `on.push.paths` in deploy.yml, so that there is one list. */
export async function readDeployPaths(workflowFile: string): Promise<readonly string[]> {
  return workflowSchema.parse(parse(await readFile(workflowFile, "utf8"))).on.push.paths;
}
