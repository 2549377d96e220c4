import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { processStart } from "./process-start.ts";

const registrationSchema = z.strictObject({
  pid: z.int().positive(),
  /** See process-start.ts. */
  started: z.string(),
  url: z.url(),
  /** The folder that BUNDLE_DIR names; null where the checkout's own bundle serves. */
  bundle_dir: z.string().nullable(),
});

/** A server process that runs out of this checkout. */
export type ServerRegistration = z.infer<typeof registrationSchema>;

const folderOf = (checkout: string) => join(checkout, ".cache/servers");

/**
 * Leaves word in the checkout that this process serves out of it, so that a command can find it; returns what takes the word back. A process that
 * was killed leaves its file behind, which nobody believes and the next one removes: see findServers. Rejects where the folder cannot be written.
 */
export async function registerServer(
  checkout: string,
  { url, bundleDir }: { url: string; bundleDir: string | undefined },
): Promise<() => Promise<void>> {
  const { pid } = process;
  const registration: ServerRegistration = {
    pid,
    started: (await processStart(pid)) ?? "unknown",
    url,
    bundle_dir: bundleDir === undefined ? null : resolve(bundleDir),
  };
  const folder = folderOf(checkout);
  const file = join(folder, `${pid}.json`);
  await mkdir(folder, { recursive: true });
  await findServers(checkout);
  await writeFile(`${file}.part`, JSON.stringify(registration));
  await rename(`${file}.part`, file);
  return () => rm(file, { force: true });
}

/** The server processes that run out of this checkout now; files that dead ones left behind are removed. */
export async function findServers(checkout: string): Promise<ServerRegistration[]> {
  const folder = folderOf(checkout);
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d+\.json$/.test(name));
  const found: ServerRegistration[] = [];
  for (const name of names) {
    const registration = await readRegistration(join(folder, name));
    const isAlive = registration !== null && (await processStart(registration.pid)) === registration.started;
    if (isAlive) found.push(registration);
    else await rm(join(folder, name), { force: true });
  }
  return found;
}

async function readRegistration(file: string): Promise<ServerRegistration | null> {
  try {
    return registrationSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return null;
  }
}
