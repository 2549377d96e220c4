import { readFile } from "node:fs/promises";

/** Milliseconds of processor time that the processes have used so far, all their threads together; NaN where /proc is not there. */
export async function readCpuMs(pids: readonly number[]): Promise<number> {
  const times = await Promise.all(pids.map(ofProcess));
  return times.reduce((sum, time) => sum + time, 0);
}

/** User and system time of proc(5), stat: in ticks, of which Linux has 100 a second. A process that ended has none. */
async function ofProcess(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (stat === null) return process.platform === "linux" ? 0 : Number.NaN;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
