import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runProgram } from "../../scripts/delivery/run-program.ts";

export type Repository = {
  readonly root: string;
  readonly git: (...args: string[]) => Promise<string>;
  /** Writes the files (null deletes one) and commits them. Gives the commit. */
  readonly commit: (
    message: string,
    files: Readonly<Record<string, string | null>>,
    author?: string,
  ) => Promise<string>;
  readonly remove: () => Promise<void>;
};

export const trainerEmail = "trainer@example.org";
const somebody = "Somebody <somebody@example.org>";
export const trainer = `Trainer <${trainerEmail}>`;

type Options = {
  /** Another one, of which it is a clone. */
  readonly from?: string;
  readonly isBare?: boolean;
  /** For git, and for the hooks that its pushes start. */
  readonly env?: Readonly<Record<string, string>>;
};

/** A git repository of its own, on main. Whatever git is set to on this machine does not reach it. */
export async function createRepository({ from, isBare, env: more }: Options = {}): Promise<Repository> {
  const root = await mkdtemp(join(tmpdir(), "repository-"));
  const env = {
    ...process.env,
    ...more,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_COMMITTER_NAME: "Committer",
    GIT_COMMITTER_EMAIL: "committer@example.org",
  };
  const git = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await runProgram("git", args, { cwd: root, env, timeoutMs: 60_000 });
    if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  const bare = isBare ? ["--bare"] : [];
  await (from
    ? git("clone", "--quiet", from, ".")
    : git("init", "--quiet", "--initial-branch=main", ...bare));
  return {
    root,
    git,
    commit: async (message, files, author = somebody) => {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await (content === null ? rm(join(root, path)) : writeFile(join(root, path), content));
      }
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", `--author=${author}`, `--message=${message}`);
      return git("rev-parse", "HEAD");
    },
    remove: () => rm(root, { recursive: true }),
  };
}
