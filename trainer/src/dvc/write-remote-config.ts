import { join, resolve } from "node:path";
import type { TrainerConfig } from "../config.ts";
import { writeFileWhole } from "../files/write-file-whole.ts";

/**
 * Writes the storage's address into .dvc/config.local, which DVC keeps out of git: an address is a machine's affair. Credentials stay in the environment. Without an address
 * the remote that .dvc/config names is used.
 */
export async function writeRemoteConfig(
  root: string,
  { remoteUrl, endpointUrl }: TrainerConfig["dvc"],
): Promise<void> {
  if (remoteUrl === undefined) return;
  const url = /^[a-z][\w+.-]*:\/\//i.test(remoteUrl) ? remoteUrl : resolve(remoteUrl);
  const lines = ["[core]", "    remote = storage", `['remote "storage"']`, `    url = ${quoted(url)}`];
  if (endpointUrl && url.startsWith("s3://")) lines.push(`    endpointurl = ${quoted(endpointUrl)}`);
  await writeFileWhole(join(root, ".dvc/config.local"), `${lines.join("\n")}\n`);
}

/** DVC's configuration takes a comma for a list and # for a comment, outside of quotes. */
function quoted(value: string): string {
  return `"${value.replaceAll('"', "%22")}"`;
}
