import { BundleError } from "./bundle-error.ts";
import type { Bundle } from "./load-bundle.ts";

/** Throws BundleError where the loaded embedder makes other vectors than those the bundle was trained on. */
export function checkEmbedder(bundle: Pick<Bundle, "manifest">, maker: string): void {
  if (bundle.manifest.embedder === maker) return;
  throw new BundleError(
    `Bundle ${bundle.manifest.version} was trained on vectors of "${bundle.manifest.embedder}", the loaded embedder is ` +
      `"${maker}". Load the embedder that the bundle names, or train a bundle with this one.`,
  );
}
