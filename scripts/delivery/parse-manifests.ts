import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { DeliveryError } from "./delivery-error.ts";

/** An object as the API server would get it. What is not named here is passed on as it is. */
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

/** The objects of what kustomize prints. Throws DeliveryError (1) where one of them is none. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    const parsed = manifestSchema.safeParse(document.errors.length > 0 ? undefined : document.toJS());
    if (parsed.success) return parsed.data;
    const said = document.errors[0]?.message ?? z.prettifyError(parsed.error);
    throw new DeliveryError(1, `kustomize printed what is no Kubernetes object: ${said}`);
  });
}
