import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Manifest, parseManifests } from "../../scripts/delivery/parse-manifests.ts";
import { ensureKubectl } from "./ensure-kubectl.ts";

const run = promisify(execFile);

export const k3sFolder = fileURLToPath(new URL("../../infra/k3s/", import.meta.url));

export const overlays = ["local", "ci", "production"] as const;

/** What is applied, and by whom: the overlays, and what an admin applies once. */
export const applied = ["bootstrap", ...overlays.map((name) => `overlays/${name}`)];

/** Every component at once, those included that no overlay uses. */
export const everyComponent = "../../test/manifests/fixtures/every-component";

/** The objects of a kustomize folder under infra/k3s. */
export async function render(folder: string): Promise<Manifest[]> {
  const options = { timeout: 60_000, maxBuffer: 16_777_216 };
  const { stdout } = await run(await ensureKubectl(), ["kustomize", `${k3sFolder}${folder}`], options);
  return parseManifests(stdout);
}

/** How a message names an object. */
export const nameOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;
