import { CliError } from "../cli-error.ts";
import { runTrackingScript, type TrackingPlace } from "./run-tracking-script.ts";

/**
 * Moves an alias of the data set's registered model to the version that holds bundle `bundleVersion`, and resolves with that model version.
 * `champion` is what serves; a bundle that becomes it is no `challenger` any longer. Rejects with CliError where the registry has no such
 * bundle or does not answer.
 */
export async function setAlias(
  options: TrackingPlace & {
    readonly dataSet: string;
    readonly bundleVersion: string;
    readonly alias: "champion" | "challenger";
  },
): Promise<string> {
  const { dataSet, bundleVersion, alias } = options;
  const args = ["--data-set", dataSet, "--bundle-version", bundleVersion, "--alias", alias];
  const { exitCode, stdout } = await runTrackingScript("set_alias", args, options);
  if (exitCode === 0) return stdout.trim();
  throw new CliError(
    `Bundle ${bundleVersion} could not be made "${alias}" in MLflow: the line above says why. The registry is as it was. ` +
      `Again later: node trainer/src/cli.ts set-alias --data-set ${dataSet} --version ${bundleVersion} --alias ${alias}`,
  );
}
