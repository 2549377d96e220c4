// trainer/python/usable_cpus.py: what a container may use, from files as the kernel writes them (Linux, Control Group v2: cpu.max).
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const modules = fileURLToPath(new URL("../python", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "usable-cpus-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What an expression over the module's names prints; `own` and `root` are the test's cgroup files. */
async function evaluate(expression: string): Promise<string> {
  const program = `
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from usable_cpus import capped, cpu_limits, usable_cpus
own, root = Path(sys.argv[2]) / "own", Path(sys.argv[2]) / "cgroup"
print(${expression})`;
  const { stdout } = await promisify(execFile)("python3", ["-c", program, modules, folder], {
    timeout: 30_000,
  });
  return stdout.trim();
}

test("a limit of two processors leaves two of sixteen, and the smallest of several counts", async () => {
  expect(await evaluate(`capped(16, ["200000 100000"])`)).toBe("2");
  expect(await evaluate(`capped(16, ["max 100000", "800000 100000", "300000 100000\\n"])`)).toBe("3");
});

test("a part of a processor is no whole one, and one is the least", async () => {
  expect(await evaluate(`capped(16, ["250000 100000"])`)).toBe("2");
  expect(await evaluate(`capped(16, ["50000 100000"])`)).toBe("1");
});

test("no limit, one above the machine's, and what is no limit leave all", async () => {
  expect(await evaluate(`capped(4, ["max 100000"])`)).toBe("4");
  expect(await evaluate(`capped(4, ["1600000 100000"])`)).toBe("4");
  expect(await evaluate(`capped(4, ["", "200000", "200000 0", "-1 100000"])`)).toBe("4");
  expect(await evaluate("capped(4, [])")).toBe("4");
});

test("the limits are those of the process's own cgroup and of all above it", async () => {
  await mkdir(join(folder, "cgroup/pod/container"), { recursive: true });
  await writeFile(join(folder, "cpu.max"), "100000 100000\n"); // above the root: no cgroup's
  await writeFile(join(folder, "cgroup/pod/cpu.max"), "200000 100000\n");
  await writeFile(join(folder, "cgroup/pod/container/cpu.max"), "max 100000\n");
  await writeFile(join(folder, "own"), "0::/pod/container\n");
  expect(await evaluate("cpu_limits(own, root)")).toBe(String.raw`['max 100000\n', '200000 100000\n']`);
});

test("in a container that sees itself as the root the limit stands there", async () => {
  await mkdir(join(folder, "cgroup"));
  await writeFile(join(folder, "cgroup/cpu.max"), "200000 100000\n");
  await writeFile(join(folder, "own"), "12:cpuset:/\n0::/\n");
  expect(await evaluate("cpu_limits(own, root)")).toBe(String.raw`['200000 100000\n']`);
});

test("where there is no cgroup v2 the affinity counts", async () => {
  expect(await evaluate("cpu_limits(own, root)")).toBe("[]");
  await writeFile(join(folder, "own"), "4:cpu,cpuacct:/\n");
  expect(await evaluate("cpu_limits(own, root)")).toBe("[]");
  expect(Number(await evaluate("usable_cpus()"))).toBeGreaterThanOrEqual(1);
});
