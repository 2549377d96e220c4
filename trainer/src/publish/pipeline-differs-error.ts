import { CliError } from "../cli-error.ts";

const named = 5;

/** Why a cycle stops where the code that runs is not that of the branch, and what ends it. */
export function pipelineDiffersError(branch: string, differing: readonly string[]): CliError {
  const rest = differing.length - named;
  return new CliError(
    `The pipeline of branch ${branch} is not the one that runs here. ${differing.length} files differ: ${differing.slice(0, named).join(", ")}` +
      `${rest > 0 ? ` and ${rest} more` : ""}. A model that is trained here could not be made again from the branch. Deploy the trainer's image of the ` +
      "branch's newest commit (or bring the code that runs here to the branch); the next cycle then goes on.",
    { exitCode: 2 },
  );
}
