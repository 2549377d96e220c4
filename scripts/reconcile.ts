// What serves, against what main says: ./scripts/reconcile --help
import { fileURLToPath } from "node:url";
import { createDeployRuns } from "./delivery/create-deploy-runs.ts";
import { DeliveryError } from "./delivery/delivery-error.ts";
import { readServedVersion } from "./delivery/read-served-version.ts";
import { reconcile } from "./delivery/reconcile.ts";
import { callerPath } from "./lib/caller-path.ts";
import { parseCommand } from "./lib/parse-command.ts";

const usage = `Usage: ./scripts/reconcile --url URL [--main REF] [--repository FOLDER] [--dry-run]

Compares the bundle that URL serves, and the commit that deploy.yml last brought to its end, with what --main (origin/main) says. Starts
deploy.yml where they differ and no run is under way. GITHUB_REPOSITORY (OWNER/NAME), GITHUB_TOKEN (actions: write) and GITHUB_API_URL say where.
--dry-run starts nothing.
Exit codes: 0 the same, or a deployment is under way or was started, 1 broken, 2 main's state was tried in the cluster and failed: a person or the trainer decides; or
wrong use.`;

const { values, refuse } = parseCommand({
  usage,
  options: {
    url: { type: "string" },
    main: { type: "string", default: "origin/main" },
    repository: { type: "string", default: fileURLToPath(new URL("..", import.meta.url)) },
    "dry-run": { type: "boolean", default: false },
  },
});
try {
  const url = values.url || refuse("Missing: --url");
  const runs = createDeployRuns({
    apiUrl: process.env.GITHUB_API_URL || "https://api.github.com",
    repository: needed("GITHUB_REPOSITORY"),
    token: needed("GITHUB_TOKEN"),
  });
  const readServed = async () => (await readServedVersion(url)).bundle_hash;
  const place = { root: callerPath(values.repository), main: values.main, isDryRun: values["dry-run"] };
  console.log(await reconcile(place, { runs, readServed }));
} catch (error) {
  console.error(error instanceof DeliveryError ? error.message : error);
  process.exitCode = error instanceof DeliveryError ? error.exitCode : 1;
}

function needed(name: string): string {
  return process.env[name] || refuse(`${name} is not set.`);
}
