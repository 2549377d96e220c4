import { z } from "zod";
import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";
import { checkPod } from "./check-pod.ts";
import { checkReferences } from "./check-references.ts";
import { checkWorkload } from "./check-workload.ts";
import type { Pod } from "./pod-of.ts";
import { readExampleSecrets } from "./read-example-secrets.ts";

const dataSchema = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** Everything that our own policy has against the objects of an overlay: "Deployment api: container api: has no livenessProbe". */
export async function checkManifests(manifests: readonly Manifest[]): Promise<string[]> {
  const secrets = Object.fromEntries((await readExampleSecrets()).map(({ name, keys }) => [name, keys]));
  return [
    ...manifests.flatMap(checkPod),
    ...manifests.flatMap((manifest) => checkWorkload(manifest, (pod) => settingsOf(pod, manifests))),
    ...checkReferences(manifests, secrets),
  ];
}

/** What a pod's containers get from ConfigMaps, by name. */
export function settingsOf(pod: Pod, manifests: readonly Manifest[]): Record<string, string> {
  const names = pod.spec.containers.flatMap(({ envFrom }) =>
    envFrom.map(({ configMapRef }) => configMapRef?.name),
  );
  const maps = manifests.filter(
    ({ kind, metadata }) => kind === "ConfigMap" && names.includes(metadata.name),
  );
  return Object.assign({}, ...maps.map((map) => dataSchema.parse(map).data));
}
