import { parse } from "yaml";
import { z } from "zod";
import { runGit } from "./run-git.ts";

const workflowSchema = z.looseObject({
  on: z.looseObject({ push: z.looseObject({ paths: z.array(z.string().min(1)).min(1) }) }),
});

/** Which files decide what is deployed: the globs of `on.push.paths` in deploy.yml as `commit` has it, so that there is one list. */
export async function readDeployPaths(root: string, commit: string): Promise<readonly string[]> {
  const { stdout } = await runGit(root, ["show", `${commit}:.github/workflows/deploy.yml`]);
  return workflowSchema.parse(parse(stdout)).on.push.paths;
}
