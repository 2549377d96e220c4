import { z } from "zod";
import type { Kubectl } from "./create-kubectl.ts";
import type { Manifest } from "./parse-manifests.ts";

/** What the Deployment api holds now. */
export type ApiRevision = {
  /** Its number, which changes with the pods' template alone. */
  readonly revision: string;
  /** For people. */
  readonly image: string;
  /** The Deployment as it was applied, to be applied again where what comes next is no good. It holds replicas. */
  readonly manifest: Manifest & { readonly spec: Record<string, unknown> };
};

const causeName = "kubernetes.io/change-cause";
const revisionName = "deployment.kubernetes.io/revision";

const deploymentSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })).min(1) }),
    }),
  }),
});

/** Undefined where there is no such Deployment, or no pod of it was ever made. Rejects with DeliveryError (1) where the cluster does not answer. */
export async function readApiRevision(kubectl: Kubectl, namespace: string): Promise<ApiRevision | undefined> {
  const args = ["get", "deployment/api", `--namespace=${namespace}`, "--ignore-not-found", "--output=json"];
  const text = await kubectl.demand(args);
  if (!text.trim()) return undefined;
  const { apiVersion, kind, metadata, spec } = deploymentSchema.parse(JSON.parse(text));
  const { name, labels, annotations } = metadata;
  const revision = annotations[revisionName];
  if (!revision) return undefined;
  // The revision's number is the controller's to write.
  const kept = annotations[causeName] ? { annotations: { [causeName]: annotations[causeName] } } : {};
  return {
    revision,
    image: spec.template.spec.containers[0]?.image ?? "",
    manifest: { apiVersion, kind, metadata: { name, namespace: metadata.namespace, labels, ...kept }, spec },
  };
}
