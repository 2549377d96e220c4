import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "../../../trainer/src/processes/run-process.ts";

/** A call of an external program in a run: the how-maniest it was, from 1 on, what was called, and how long it took. */
export type Call = { readonly number: number; readonly command: string; readonly seconds: number };

/** Whom SIGKILL takes at a call: the trainer before, during or after the program; or the program itself. */
export type Kill = {
  readonly at: number;
  readonly when: "before" | "during" | "after" | "itself";
  /** During it: so long after its start. */
  readonly afterSeconds?: number;
};

/** The programs that a cycle starts, each behind a shim that counts its calls. */
export type Shims = {
  /** To be first in the trainer's PATH. */
  readonly folder: string;
  /** Forgets the calls of the run before. `timed` writes down how long each takes. */
  reset(options: {
    readonly kill?: Kill;
    readonly timed?: boolean;
    readonly largestFileKiB?: number;
  }): Promise<void>;
  /** Says whom to kill. */
  watch(pid: number): Promise<void>;
  calls(): Promise<Call[]>;
};

const names = ["git", "dvc", "python", "node"] as const;
const script = fileURLToPath(new URL("shim.sh", import.meta.url));

/** Makes the shims in `folder`, in front of the programs that are first in `path`. */
export async function makeShims(folder: string, path: string): Promise<Shims> {
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    const program = name === "node" ? process.execPath : await find(name, path);
    await writeFile(join(folder, `${name}.program`), `${program}\n`);
    await copyFile(script, join(folder, name));
  }
  const read = (name: string) => readFile(join(folder, name), "utf8").catch(() => "");
  return {
    folder,
    reset: async ({ kill, timed = false, largestFileKiB }) => {
      for (const name of ["calls", "kill", "times", "limit"]) await rm(join(folder, name), { force: true });
      if (largestFileKiB) await writeFile(join(folder, "limit"), `${largestFileKiB}\n`);
      if (timed) await writeFile(join(folder, "times"), "");
      if (kill)
        await writeFile(join(folder, "kill"), `${kill.at} ${kill.when} ${kill.afterSeconds ?? 0.05}\n`);
    },
    watch: (pid) => writeFile(join(folder, "trainer"), `${pid}\n`),
    calls: async () => {
      const times = new Map<number, number>();
      for (const line of (await read("times")).split("\n").filter(Boolean)) {
        const [number = 0, started = 0, ended = 0] = line.split(" ").map(Number);
        times.set(number, ended - started);
      }
      const lines = (await read("calls")).split("\n").filter(Boolean);
      return lines.map((command, at) => ({ number: at + 1, command, seconds: times.get(at + 1) ?? 0 }));
    },
  };
}

async function find(name: string, path: string): Promise<string> {
  const options = {
    cwd: dirname(script),
    env: { PATH: path },
    timeoutMs: 20_000,
    output: "capture",
  } as const;
  const { stdout } = await runProcess("sh", ["-c", `command -v ${name}`], options);
  return stdout.trim();
}
