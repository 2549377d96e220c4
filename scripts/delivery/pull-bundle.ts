import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pull } from "../../trainer/src/dvc/pull.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Fetches models/current as dvc.lock names it, from DVC_REMOTE_URL (at AWS_ENDPOINT_URL, where that is set) or else from the remote that the
 * repository's configuration names. The work tree's configuration stays as it is. Rejects with CliError, which says what the remote lacks.
 */
export async function pullBundle(root: string, given: Env): Promise<void> {
  const set = Object.entries(given).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const env = Object.fromEntries(set);
  if (!env.DVC_REMOTE_URL) return pull({ root, env, targets: ["models/current"] });

  const configuration = await mkdtemp(join(tmpdir(), "dvc-remote-"));
  const lines = [
    "['remote \"delivery\"']",
    `    url = ${quoted(env.DVC_REMOTE_URL)}`,
    ...(env.AWS_ENDPOINT_URL ? [`    endpointurl = ${quoted(env.AWS_ENDPOINT_URL)}`] : []),
  ];
  try {
    await writeFile(join(configuration, "config"), `${lines.join("\n")}\n`);
    const place = { root, targets: ["models/current"], remote: "delivery" };
    await pull({ ...place, env: { ...env, DVC_GLOBAL_CONFIG_DIR: configuration } });
  } finally {
    await rm(configuration, { recursive: true });
  }
}

/** DVC's configuration takes a comma for a list and # for a comment, outside of quotes. */
function quoted(value: string): string {
  return `"${value.replaceAll('"', "%22")}"`;
}
