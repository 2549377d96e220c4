import { readDeployPaths } from "./read-deploy-paths.ts";
import { runGit } from "./run-git.ts";

export type MainCheck = {
  readonly root: string;
  readonly commit: string;
  /** As this clone last saw it, for example origin/main. */
  readonly main: string;
};

/**
 * Whether main holds the commit, and still says the same of everything that is deployed. Asked in this way, and not for being main's newest commit: one
 * that changes a document comes after it without starting a deployment, and would leave this one undone.
 */
export async function saysWhatMainSays({ root, commit, main }: MainCheck): Promise<boolean> {
  const isHeld = await runGit(root, ["merge-base", "--is-ancestor", commit, main], [1]);
  if (isHeld.exitCode !== 0) return false;
  const paths = await readDeployPaths(root, main);
  const pathspecs = paths.map((path) => `:(top,glob)${path}`);
  const differs = await runGit(root, ["diff", "--quiet", commit, main, "--", ...pathspecs], [1]);
  return differs.exitCode === 0;
}
