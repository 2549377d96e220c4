import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import type { Kubectl } from "./create-kubectl.ts";
import { DeliveryError } from "./delivery-error.ts";
import type { ImageReference } from "./image-reference.ts";
import { type Manifest, parseManifests } from "./parse-manifests.ts";

/** Which of the two images an image name in the manifests stands for. */
const ours = /(?:^|\/)support-it-agent-(?<part>api|trainer)$/;

export type Images = { readonly api: ImageReference; readonly trainer: ImageReference };

/**
 * The objects of a kustomize overlay, with our two images as given. `cause` is what `kubectl rollout history` shows of this rollout. Rejects with
 * DeliveryError (2) where the overlay holds none of our images, or any image without a digest.
 */
export async function renderOverlay(
  kubectl: Kubectl,
  overlayFolder: string,
  images: Images,
  cause: string,
): Promise<readonly Manifest[]> {
  const asItIs = parseManifests(await kubectl.demand(["kustomize", overlayFolder]));
  const names = new Set(imagesOf(asItIs).map(nameOf));
  const mapped = [...names].flatMap((name) => {
    const part = ours.exec(name)?.groups?.part;
    if (part !== "api" && part !== "trainer") return [];
    return [{ name, newName: images[part].name, digest: images[part].digest }];
  });
  for (const part of ["api", "trainer"] as const) {
    if (mapped.some(({ digest, newName }) => digest === images[part].digest && newName === images[part].name))
      continue;
    throw new DeliveryError(
      2,
      `${overlayFolder} has no image called support-it-agent-${part}: nothing of it would be deployed.`,
    );
  }
  const manifests = parseManifests(await renderWith(kubectl, overlayFolder, mapped, cause));
  const loose = imagesOf(manifests).filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image));
  if (loose.length === 0) return manifests;
  throw new DeliveryError(
    2,
    `${overlayFolder} holds images without a digest: ${[...new Set(loose)].join(", ")}. The cluster's image policy refuses them; pin them in the overlay.`,
  );
}

/** kustomize reads a folder: one that adds the images to the overlay, made for this run alone. */
async function renderWith(
  kubectl: Kubectl,
  overlayFolder: string,
  images: readonly { name: string; newName: string; digest: string }[],
  cause: string,
): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "deploy-")));
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [relative(folder, await realpath(overlayFolder))],
    images,
    patches: [
      {
        target: { kind: "Deployment", name: "api" },
        patch: stringify({
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: "api", annotations: { "kubernetes.io/change-cause": cause } },
        }),
      },
    ],
  };
  try {
    await writeFile(join(folder, "kustomization.yaml"), stringify(kustomization));
    return await kubectl.demand(["kustomize", folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Every image of every container, wherever a pod template stands in the object. */
function imagesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(imagesOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (!/^(initC|c|ephemeralC)ontainers$/.test(key) || !Array.isArray(inner)) return imagesOf(inner);
    return inner.flatMap((container: unknown) => containerSchema.safeParse(container).data?.image ?? []);
  });
}

const containerSchema = z.looseObject({ image: z.string() });

/** The name of an image reference, without tag and digest. */
function nameOf(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^:/]+$/, "");
}
