/** Where git runs, and what it runs with. Made by openGitPlace; every verb in this folder takes one. */
export type GitPlace = {
  readonly cwd: string;
  /** The whole environment of git, secrets included; see git-env.ts. */
  readonly env: Readonly<Record<string, string>>;
  /** What is fetched from and pushed to: an address without a secret in it, or the name of a remote. */
  readonly remote: string;
  readonly branch: string;
  /** Whether commits are signed; the key is in `env`. */
  readonly signs: boolean;
  /** What must never be shown, however git words its messages. */
  readonly secrets: readonly string[];
  readonly signal?: AbortSignal;
  /** Gets each command, as one would type it, before it runs. */
  readonly announce?: (command: string) => void;
  /** Whether what would change anything outside of scratch space is announced and not run. */
  readonly isDryRun?: boolean;
};
