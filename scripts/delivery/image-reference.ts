import { DeliveryError } from "./delivery-error.ts";

/** An image as it is deployed: a name, and the digest that says which bytes. */
export type ImageReference = { readonly name: string; readonly digest: string };

const pattern =
  /^(?<name>[a-z0-9][a-z0-9.-]*(?::\d+)?(?:\/[a-z0-9][a-z0-9._-]*)+)@(?<digest>sha256:[0-9a-f]{64})$/;

/** NAME@sha256:DIGEST. Throws DeliveryError (2) for anything else: a tag may name other bytes tomorrow, or on another node. */
export function parseImageReference(text: string): ImageReference {
  const { name, digest } = pattern.exec(text)?.groups ?? {};
  if (name && digest) return { name, digest };
  throw new DeliveryError(
    2,
    `"${text}" is no image by digest. Give REGISTRY/NAME@sha256:..., without a tag; "docker buildx imagetools inspect NAME:TAG" prints the digest.`,
  );
}
