import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * When a process began, as its operating system has it: together with the id it names one process and no later one that was given the
 * same id. Null where no such process lives.
 */
export async function processStart(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  // After the name, which may hold anything, brackets included: state is the first field, the start the twentieth.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields) return fields[0] === "Z" ? null : (fields[19] ?? null);
  const hasProc = await readFile("/proc/self/stat").then(
    () => true,
    () => false,
  );
  if (hasProc) return null;
  const listed = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => null);
  return listed?.stdout.trim() || null;
}
