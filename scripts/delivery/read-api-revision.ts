import { z } from "zod";
import type { Kubectl } from "./create-kubectl.ts";

/** What the Deployment api holds now: the revision that an undo may name, and the image for people. */
export type ApiRevision = { readonly revision: string; readonly image: string };

const deploymentSchema = z.object({
  metadata: z.object({
    annotations: z.looseObject({ "deployment.kubernetes.io/revision": z.string().optional() }).default({}),
  }),
  spec: z.object({
    template: z.object({
      spec: z.object({ containers: z.array(z.object({ image: z.string() })).min(1) }),
    }),
  }),
});

/** Undefined where there is no such Deployment, or no pod of it was ever made. Rejects with DeliveryError (1) where the cluster does not answer. */
export async function readApiRevision(kubectl: Kubectl, namespace: string): Promise<ApiRevision | undefined> {
  const args = ["get", "deployment/api", `--namespace=${namespace}`, "--ignore-not-found", "--output=json"];
  const text = await kubectl.demand(args);
  if (!text.trim()) return undefined;
  const { metadata, spec } = deploymentSchema.parse(JSON.parse(text));
  const revision = metadata.annotations["deployment.kubernetes.io/revision"];
  return revision ? { revision, image: spec.template.spec.containers[0]?.image ?? "" } : undefined;
}
