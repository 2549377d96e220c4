import type { TrainerConfig } from "../config.ts";
import { gitEnv } from "./git-env.ts";
import type { GitPlace } from "./git-place.ts";
import { remoteAccess } from "./remote-access.ts";

/**
 * Git in a folder, talking to the configured remote; without one, to the remote that the folder calls origin, with its owner's own configuration. Nothing is
 * run and nothing is asked for.
 */
export function openGitPlace(options: {
  readonly cwd: string;
  readonly git: TrainerConfig["git"];
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly announce?: (command: string) => void;
  readonly isDryRun?: boolean;
}): GitPlace {
  const { cwd, git, env, signal, announce, isDryRun } = options;
  const access = git.remoteUrl ? remoteAccess(git.remoteUrl, git.token) : null;
  const secrets = [git.token, access?.token].filter((secret): secret is string => Boolean(secret));
  return {
    cwd,
    env: gitEnv({ env, git, access, usesOwnConfig: access === null }),
    remote: access?.url ?? "origin",
    branch: git.branch,
    signs: git.signingKey !== undefined,
    secrets,
    ...(signal ? { signal } : {}),
    ...(announce ? { announce } : {}),
    ...(isDryRun ? { isDryRun } : {}),
  };
}
