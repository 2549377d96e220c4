import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { ensureKubectl } from "./ensure-kubectl.ts";

const run = promisify(execFile);

export const k3sFolder = fileURLToPath(new URL("../../infra/k3s/", import.meta.url));

export const overlays = ["local", "ci", "production"] as const;

/** What is applied, and by whom: the overlays, and what an admin applies once. */
export const applied = ["bootstrap", ...overlays.map((name) => `overlays/${name}`)];

/** Every component at once, those included that no overlay uses. */
export const everyComponent = "../../test/manifests/fixtures/every-component";

/** An object as the API server would get it. */
export type Manifest = z.infer<typeof manifestSchema>;

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
});

/** The objects of a kustomize folder under infra/k3s. */
export async function render(folder: string): Promise<Manifest[]> {
  const options = { timeout: 60_000, maxBuffer: 16_777_216 };
  const { stdout } = await run(await ensureKubectl(), ["kustomize", `${k3sFolder}${folder}`], options);
  return parseManifests(stdout);
}

export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return manifestSchema.parse(document.toJS());
  });
}

/** How a message names an object. */
export const nameOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;
