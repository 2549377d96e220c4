// The model bundle that main names, fetched and served once before it ships: see scripts/check-bundle, which makes the environment.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { BundleError } from "../shared/src/bundle/bundle-error.ts";
import { CliError } from "../trainer/src/cli-error.ts";
import { DeliveryError } from "./delivery/delivery-error.ts";
import { pullBundle } from "./delivery/pull-bundle.ts";
import { readPublishedBundle } from "./delivery/read-published-bundle.ts";
import { serveBundle } from "./delivery/serve-bundle.ts";
import { smokeTest } from "./delivery/smoke-test.ts";
import { smokeTestQuestion } from "./delivery/smoke-test-question.ts";
import { parseCommand } from "./lib/parse-command.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const lockSchema = z.looseObject({ stages: z.record(z.string(), z.unknown()).default({}) });

const { values } = parseCommand({
  usage: `Usage: ./scripts/check-bundle [--no-serve]

The model bundle that main names, fetched and served once before it ships. stdout: bundle_hash=..., model_version=..., bundle_folder=...
Exit codes: 0 well, 1 broken, 2 the bundle is not what was published, or wrong use.`,
  options: {
    /** Ends with 0 where there is something to pull, and with 1 otherwise. */
    "is-pulled": { type: "boolean", default: false },
    "no-serve": { type: "boolean", default: false },
  },
});

try {
  const name = (await isPublished()) ? "current" : "starter";
  if (values["is-pulled"]) process.exitCode = name === "current" ? 0 : 1;
  else {
    if (name === "current") await pullBundle(root, process.env);
    const { hash, version, folder } = await readPublishedBundle(root, name);
    if (!values["no-serve"]) await tryOut(folder, hash);
    console.log(`bundle_hash=${hash}\nmodel_version=${version}\nbundle_folder=models/${name}`);
  }
} catch (error) {
  const isDesigned =
    error instanceof DeliveryError || error instanceof BundleError || error instanceof CliError;
  console.error(isDesigned ? error.message : error);
  process.exitCode = error instanceof DeliveryError ? error.exitCode : error instanceof BundleError ? 2 : 1;
}

/** Whether dvc.lock holds an export of the company's own data. */
async function isPublished(): Promise<boolean> {
  const { stages } = lockSchema.parse(parse(await readFile(join(root, "dvc.lock"), "utf8")));
  return "export-to-dvc@current" in stages;
}

async function tryOut(bundleFolder: string, bundleHash: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "check-bundle-"));
  try {
    const server = await serveBundle(root, bundleFolder, scratch);
    try {
      const asked = {
        url: server.url,
        bundleHash,
        question: smokeTestQuestion,
        key: undefined,
        patienceMs: 0,
      };
      console.error(await smokeTest(asked));
    } finally {
      await server.stop();
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
}
