import { CliError } from "../cli-error.ts";

/** dvc.lock of a commit is not one that DVC can read. */
export class LockUnreadableError extends CliError {
  constructor(branch: string, commit: string, cause: unknown) {
    super(
      `dvc.lock of branch ${branch} (commit ${commit.slice(0, 12)}) is not one that DVC can read: a conflict was committed, perhaps. Nothing was published. ` +
        "Mend it on the branch, and run this again.",
      { cause, exitCode: 2 },
    );
  }
}
