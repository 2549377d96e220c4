/** Where DVC runs: the repository, and the environment with PATH (dvc, python) and the remote's credentials (AWS_...; never an argument). */
export type DvcPlace = {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Files and folders that DVC tracks, or stages; all where none is named. */
  readonly targets: readonly string[];
  /** The remote's name; the default one where it is absent. */
  readonly remote?: string;
  readonly signal?: AbortSignal;
  /** Gets each command, as one would type it, before it runs. */
  readonly announce?: (command: string) => void;
  /** Whether what would change the remote or the work tree is announced and not run. */
  readonly isDryRun?: boolean;
};
