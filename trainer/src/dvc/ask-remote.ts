import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import { describeCommand } from "../processes/describe-command.ts";
import { runProcess } from "../processes/run-process.ts";
import type { DvcPlace } from "./dvc-place.ts";
import { reasonableEnv } from "./reasonable-env.ts";

const answerSchema = z.strictObject({
  remote: z.string(),
  url: z.string(),
  checked: z.int(),
  missing: z.array(z.strictObject({ path: z.string(), md5: z.string(), why: z.string() })),
});

/** What a remote holds of the targets: `checked` objects were asked for, `missing` are not there or of another size. */
export type RemoteHoldings = z.infer<typeof answerSchema>;

const script = fileURLToPath(new URL("../../python/remote_objects.py", import.meta.url));
const timeoutMs = 5 * 60 * 1_000;

/**
 * Asks the remote itself for every object of the targets (remote_objects.py says why `dvc status` does not do). With `mend` it sends what is
 * missing there from this machine's cache, and asks again. With `folder` it asks for a folder by the name of its content instead of the targets. "Not all there" is an answer; rejects with CliError where there is no remote or it cannot be asked.
 */
export async function askRemote(
  place: DvcPlace,
  {
    mend,
    folder: asked,
  }: { readonly mend: boolean; readonly folder?: { readonly path: string; readonly md5: string } },
): Promise<RemoteHoldings> {
  const { root, targets, remote, signal } = place;
  const folder = await mkdtemp(join(tmpdir(), "remote-holds-"));
  try {
    const out = join(folder, "answer.json");
    const args = [
      script,
      "--out",
      out,
      ...(mend ? ["--mend"] : []),
      ...(remote ? ["--remote", remote] : []),
      ...(asked ? ["--folder", asked.md5, "--path", asked.path] : targets),
    ];
    place.announce?.(describeCommand("python", args));
    const { exitCode } = await runProcess("python", args, {
      cwd: root,
      env: reasonableEnv(place.env),
      timeoutMs,
      output: "capture",
      ...(signal ? { signal } : {}),
    });
    if (exitCode === 0) return answerSchema.parse(JSON.parse(await readFile(out, "utf8")));
    if (exitCode === 3) throw new CliError(noRemote);
    throw new CliError(
      "The DVC remote could not be asked what it holds; the line above says why. Nothing was changed. Look at its address " +
        "(dvc remote list), its credentials (AWS_...) and the network, then run this again.",
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const noRemote =
  "No DVC remote is configured, so nothing can be published or fetched. Name one, for example: dvc remote add --local --default " +
  "storage s3://BUCKET/PREFIX, and give its credentials in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).";
