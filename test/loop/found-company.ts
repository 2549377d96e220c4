import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { runProcess } from "../../trainer/src/processes/run-process.ts";
import { root } from "../training/python-env.ts";

/** A company that runs the product: its repository, and the checkout that its API runs from. */
export type Company = {
  readonly folder: string;
  /** The bare repository that trainer and deployments share. */
  readonly origin: string;
  /** The program of the first commit, which the trainer runs: an image's stand-in. */
  readonly image: string;
  /** Where the API of the company runs from. */
  readonly checkout: string;
  /** Git in the checkout; resolves with what it printed. */
  readonly git: (...args: string[]) => Promise<string>;
  readonly close: () => Promise<void>;
};

/**
 * Makes a company in a temporary folder: this very code as the first commit of a bare repository, with the parameters that `change` makes of
 * params.yaml and with `files` in place of its own, by their paths; and two checkouts with this machine's packages.
 */
export async function foundCompany(
  change: (params: Params) => void,
  files: Readonly<Record<string, string>> = {},
): Promise<Company> {
  const folder = await mkdtemp(join(tmpdir(), "company-"));
  const [seed, origin] = [join(folder, "seed"), join(folder, "origin.git")];
  const [image, checkout] = [join(folder, "image"), join(folder, "checkout")];
  const run = async (cwd: string, ...args: string[]) => {
    const env = { PATH: process.env.PATH ?? "", HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
    const named = ["-c", "user.name=Owner", "-c", "user.email=owner@example.org", ...args];
    const answer = await runProcess("git", named, { cwd, env, timeoutMs: 120_000, output: "capture" });
    if (answer.exitCode !== 0) throw new Error(`git ${args.join(" ")} ended with ${answer.exitCode}`);
    return answer.stdout;
  };

  const listed = await run(
    root,
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--deduplicate",
  );
  await mkdir(seed);
  for (const path of listed.split("\0").filter(Boolean)) {
    await mkdir(dirname(join(seed, path)), { recursive: true });
    // A file that is deleted and not committed yet is in git's list.
    await cp(join(root, path), join(seed, path), { verbatimSymlinks: true }).catch((error) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
  const params = parse(await readFile(join(seed, "params.yaml"), "utf8"));
  change(params);
  await writeFile(join(seed, "params.yaml"), stringify(params));
  for (const [path, content] of Object.entries(files)) await writeFile(join(seed, path), content);
  await run(seed, "init", "--quiet", "--initial-branch=main");
  await run(seed, "add", "--all");
  await run(seed, "commit", "--quiet", "--message", "Install the agent");
  // One file instead of thousands: it is copied often.
  await run(seed, "repack", "--quiet", "-a", "-d");
  await run(folder, "clone", "--quiet", "--bare", "seed", "origin.git");
  for (const place of [image, checkout]) {
    await run(folder, "clone", "--quiet", "origin.git", place);
    await linkPackages(place);
  }
  await rm(seed, { recursive: true });
  return {
    folder,
    origin,
    image,
    checkout,
    git: (...args) => run(checkout, ...args),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Every package of this machine by a link, but for the workspaces, which are the checkout's own. */
async function linkPackages(place: string): Promise<void> {
  const packages = join(place, "node_modules");
  await mkdir(join(packages, "@support-it-agent"), { recursive: true });
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name !== "@support-it-agent" && name !== ".installed-lock")
      await symlink(join(root, "node_modules", name), join(packages, name));
  }
  // What scripts/lib/node-packages.sh would write: nothing is left to install.
  const lock = await readFile(join(place, "package-lock.json"));
  await writeFile(join(packages, ".installed-lock"), createHash("sha256").update(lock).digest("hex"));
  for (const workspace of ["api", "shared", "trainer"]) {
    await symlink(join(place, workspace), join(packages, "@support-it-agent", workspace));
  }
}

// biome-ignore lint/suspicious/noExplicitAny: whatever stands in params.yaml; a test changes single numbers of it.
type Params = any;
