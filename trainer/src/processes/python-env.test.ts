// scripts/lib/python-env.sh with a PATH of our own making: a shell, a few tools, and a stand-in for Python that notes what it was
// asked to do. Making the real environment is what the tests of the Python stages do.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const tools = [
  "bash",
  "basename",
  "cat",
  "chmod",
  "cp",
  "dirname",
  "ln",
  "mkdir",
  "readlink",
  "rm",
  "sha256sum",
  "shasum",
  "sleep",
];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "python-env-"));
  await Promise.all(
    ["scripts/lib", "trainer/python", "bin"].map((path) => mkdir(join(folder, path), { recursive: true })),
  );
  await copyFile(join(root, "scripts/lib/python-env.sh"), join(folder, "scripts/lib/python-env.sh"));
  await writeFile(join(folder, "trainer/python/requirements.lock"), "one==1\n");
  await writeFile(join(folder, "trainer/python/requirements-test.lock"), "two==2\n");
  for (const tool of tools) await link(tool);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Puts one of this machine's programs into PATH, and tells whether it has it. */
async function link(tool: string): Promise<boolean> {
  const found = (process.env.PATH ?? "").split(":").map((path) => join(path, tool));
  for (const path of [...found, `/usr/bin/${tool}`, `/bin/${tool}`]) {
    const linked = await readFile(path).then(
      () => symlink(path, join(folder, "bin", tool)).then(() => true),
      () => false,
    );
    if (linked) return true;
  }
  return false;
}

/** A program called `name` that notes its arguments in calls.txt and then does as `body` says. */
async function standIn(name: string, body: string): Promise<string> {
  const path = join(folder, "bin", name);
  await writeFile(path, `#!${join(folder, "bin/bash")}\necho "$*" >> ${folder}/calls.txt\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A Python that fits, makes "environments" that hold itself, and installs by the command `install`. */
const fitting = (install: string) => `
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  "-m pip") ${install} ;;
  "--version "*) echo Python 3.12.0 ;;
esac`;

/** What waits for ever is killed, and its code is null. */
const longestMs = 20_000;

async function run(
  args: string[] = [],
  more: Record<string, string> = {},
  start = [join(folder, "scripts/lib/python-env.sh")],
) {
  const child = spawn(join(folder, "bin/bash"), [...start, ...args], {
    env: { PATH: join(folder, "bin"), ...more },
    timeout: longestMs,
    killSignal: "SIGKILL",
  });
  let [said, stdout] = ["", ""];
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  const [code] = await once(child, "close");
  return { code, said, stdout: stdout.trim() };
}

const installs = async () =>
  (await readFile(join(folder, "calls.txt"), "utf8")).split("\n").filter((line) => line.startsWith("-m pip"))
    .length;

test("without a Python it says what to install, and ends with 3", async () => {
  const { code, said } = await run();
  expect([code, said]).toEqual([3, expect.stringContaining("apt-get install python3")]);
});

test("a Python that is too old is as good as none, and one that was asked for is named", async () => {
  const old = await standIn("python3", "exit 1");
  expect((await run()).code).toBe(3);
  const { code, said } = await run([], { PYTHON: old });
  expect([code, said]).toEqual([3, expect.stringContaining(`at PYTHON=${old}`)]);
});

test("an older python3 is passed over for a newer one beside it", async () => {
  await standIn("python3", "exit 1");
  await standIn("python3.12", fitting("true"));
  const { code, stdout } = await run();
  expect([code, stdout]).toEqual([0, join(folder, ".venv/bin/python")]);
});

test("packages that cannot be installed leave no environment that looks whole, and the next run makes it", async () => {
  await standIn("python3", fitting("exit 1"));
  const { code, said } = await run();
  expect([code, said]).toEqual([1, expect.stringContaining("run this again")]);
  expect(await readdir(folder)).not.toContain(".venv");
  await standIn("python3", fitting("true"));
  expect((await run()).code).toBe(0);
});

test("what is installed is not installed again; a changed lock is", async () => {
  await standIn("python3", fitting("true"));
  await run();
  await run();
  expect(await installs()).toBe(1);
  await writeFile(join(folder, "trainer/python/requirements.lock"), "one==2\n");
  await run(["--test"]);
  expect(await installs()).toBe(3);
});

test("an environment without the lock file that it would be made of is not taken for a finished one", async () => {
  await rm(join(folder, "trainer/python/requirements.lock"));
  await standIn("python3", fitting('for last; do :; done; [ -e "$last" ] || exit 1'));
  await mkdir(join(folder, ".venv/bin"), { recursive: true });
  await copyFile(join(folder, "bin/python3"), join(folder, ".venv/bin/python"));
  expect(await run()).toMatchObject({ code: 1, stdout: "" });
});

test("an exported CDPATH changes nothing", async () => {
  await standIn("python3", fitting("true"));
  const script = `cd "${folder}"; exec bash scripts/lib/python-env.sh`;
  const { code, stdout } = await run([], { CDPATH: "." }, ["-c", script]);
  expect([code, stdout]).toEqual([0, join(folder, ".venv/bin/python")]);
});

describe.each([
  ["flock", true],
  ["links, where there is no flock", false],
])("taking turns by %s", (_, hasFlock) => {
  const turn = () => join(folder, ".cache/python-env.turn");
  beforeEach(async () => {
    await mkdir(join(folder, ".cache"));
    if (hasFlock) await link("flock");
  });

  test("of six started at once one installs, and the others wait; a dead one is not waited for, and its turn goes to one alone", async () => {
    await standIn("python3", fitting("sleep 2"));
    await symlink("999999999", turn());
    const all = await Promise.all(Array.from({ length: 6 }, () => run()));
    expect(all.map(({ code }) => code)).toEqual(Array(6).fill(0));
    expect(all.filter(({ said }) => said.includes("Waiting for"))).toHaveLength(5);
    expect(await installs()).toBe(1);
  });

  test.each([
    ["by number alone", `${process.pid}`],
    ["with another start", `${process.pid} 1`],
  ])(
    "a link that names %s a process which has its maker's number now is not waited for",
    async (_, maker) => {
      await standIn("python3", fitting("true"));
      await symlink(maker, turn());
      expect(await run()).toMatchObject({ code: 0 });
    },
  );
});

test("a link that bears the maker's own number is an earlier process's", async () => {
  await standIn("python3", fitting("true"));
  // The shell makes the link to itself, then becomes the script.
  const script = `mkdir "${folder}/.cache"; ln -s "$$" "${folder}/.cache/python-env.turn"; exec bash "${folder}/scripts/lib/python-env.sh"`;
  expect(await run([], {}, ["-c", script])).toMatchObject({ code: 0 });
});

test("a turn that cannot be taken ends it with the reason, by flock and by link", async () => {
  await standIn("python3", fitting("true"));
  await rm(join(folder, "bin/ln"));
  await standIn("ln", "echo 'ln: Read-only file system' >&2; exit 1");
  const byLink = await run();
  expect([byLink.code, byLink.said]).toEqual([1, expect.stringContaining("ln: Read-only file system")]);
  if (!(await link("flock"))) return;
  await mkdir(join(folder, ".cache/python-env.turn.lock"));
  const byLock = await run();
  expect([byLock.code, byLock.said]).toEqual([1, expect.stringMatching(/Is a directory[\s\S]*turn cannot/)]);
});
