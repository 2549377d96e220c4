import { readdir, readFile, readlink } from "node:fs/promises";

/** Part of the command line of the watcher that trainer/src/processes/run-process.ts starts beside each program: it stays for a few seconds, and does nothing but wait. */
const watcher = "exec 3<&0 </dev/null";

/**
 * The programs that run in a folder or below it, as their command lines; watchers that wait for their time to end are not among them. Linux tells this by /proc; elsewhere there are none.
 */
export async function programsLeft(folder: string): Promise<string[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const at = await readlink(`/proc/${pid}/cwd`).catch(() => "");
      if (at !== folder && !at.startsWith(`${folder}/`)) return [];
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      const words = line.split("\0").join(" ").trim();
      return words === "" || words.includes(watcher) || /^(sleep \d|cat$)/.test(words) ? [] : [words];
    }),
  );
  return found.flat();
}
