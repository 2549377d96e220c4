import { z } from "zod";
import { featureListHash } from "../features/feature-list.ts";
import type { LexicalModel } from "../features/lexical-scores.ts";
import { lexicalSpaces } from "../features/lexical-terms.ts";
import { numericFeatureNames } from "../features/numeric-features.ts";
import { BundleError } from "./bundle-error.ts";
import { bundleHash } from "./bundle-hash.ts";
import { type BundleFileName, bundleFileNames, type Manifest, manifestSchema } from "./manifest.ts";
import { readLexicalModel } from "./read-lexical-model.ts";
import { sha256 } from "./sha256.ts";

/** A bundle whose files are whole and whose features are this code's. */
export type Bundle = {
  readonly manifest: Manifest;
  /** SHA-256 of what the bundle does; see bundle-hash.ts. */
  readonly hash: string;
  readonly models: { readonly queue: Uint8Array; readonly urgency: Uint8Array; readonly scope: Uint8Array };
  readonly lexical: LexicalModel;
};

/** Gives the bytes of one file of the bundle by its name, for example "manifest.json"; rejects where there is none. */
export type ReadBundleFile = (name: string) => Promise<Uint8Array>;

/**
 * Reads and checks a whole bundle: manifest, digest and size of every file, feature hash, labels, calibration and
 * thresholds. Rejects with BundleError, which names what differs and the next step; nothing is repaired or assumed.
 */
export async function loadBundle(read: ReadBundleFile): Promise<Bundle> {
  const manifest = parseManifest(await readFile(read, "manifest.json"));
  await checkFeatures(manifest);
  checkLabels(manifest);
  const [queue, urgency, scope, lexicalBytes] = (await Promise.all(
    bundleFileNames.map((name) => readCheckedFile(read, manifest, name)),
  )) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return {
    manifest,
    hash: await bundleHash(manifest),
    models: { queue, urgency, scope },
    lexical: readLexicalModel(lexicalBytes, manifest.lexical),
  };
}

async function readFile(read: ReadBundleFile, name: string): Promise<Uint8Array> {
  try {
    return await read(name);
  } catch (cause) {
    throw new BundleError(
      `The bundle has no readable ${name}: fetch it again (a bundle is one folder, whole).`,
      { cause },
    );
  }
}

function parseManifest(bytes: Uint8Array): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BundleError("manifest.json is no JSON: fetch the bundle again.", { cause });
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new BundleError(
    `manifest.json is not of a format that this version reads:\n${z.prettifyError(parsed.error)}\n` +
      "Use a bundle exported by the same release, or export it again.",
  );
}

async function checkFeatures(manifest: Manifest): Promise<void> {
  const hash = await featureListHash(manifest.lexical.dimensions);
  if (manifest.feature_hash === hash) return;
  throw new BundleError(
    `Bundle ${manifest.version} was trained on features ${manifest.feature_hash.slice(0, 12)}, this code makes ` +
      `${hash.slice(0, 12)}${describeNames(manifest)}. Deploy the bundle with the code it was trained with, or train it again.`,
  );
}

function describeNames(manifest: Manifest): string {
  const gone = manifest.numeric_feature_names.filter((name) => !numericFeatureNames.includes(name));
  const added = numericFeatureNames.filter((name) => !manifest.numeric_feature_names.includes(name));
  const parts = [
    gone.length > 0 && `gone: ${gone.join(", ")}`,
    added.length > 0 && `new: ${added.join(", ")}`,
  ];
  const said = parts.filter(Boolean).join("; ");
  return said === "" ? " (same names, other contents)" : ` (${said})`;
}

function checkLabels(manifest: Manifest): void {
  const { labels, lexical, thresholds, calibration } = manifest;
  const heads = [labels.queue, labels.urgency, ["out_of_scope"]];
  const differs = (what: string): never => {
    throw new BundleError(`manifest.json contradicts itself: ${what}. Export the bundle again.`);
  };
  if (new Set(labels.queue).size !== labels.queue.length) differs("labels.queue names a queue twice");
  if (manifest.numeric_feature_names.join() !== numericFeatureNames.join()) {
    differs("numeric_feature_names are not those of its feature_hash");
  }
  if (!lexicalSpaces.includes(lexical.dimensions)) {
    differs(`lexical.dimensions is ${lexical.dimensions}, the features have ${lexicalSpaces.join(" or ")}`);
  }
  if (new Set(lexical.words).size !== lexical.words.length) differs("lexical.words names a word twice");
  if (JSON.stringify(lexical.heads.map(({ name }) => name)) !== '["queue","urgency","scope"]') {
    differs("lexical.heads are not queue, urgency, scope in this order");
  }
  lexical.heads.forEach((head, i) => {
    if (JSON.stringify(head.labels) !== JSON.stringify(heads[i])) {
      differs(
        `the labels of the lexical head ${head.name} are not ${JSON.stringify(heads[i])} in this order`,
      );
    }
  });
  for (const model of ["queue", "urgency"] as const) {
    const wanted = [...labels[model]].sort();
    const given = Object.keys(thresholds[model]).sort();
    if (JSON.stringify(wanted) !== JSON.stringify(given)) {
      differs(
        `thresholds.${model} are for ${JSON.stringify(given)}, the labels are ${JSON.stringify(wanted)}`,
      );
    }
  }
  const classes = { queue: labels.queue.length, urgency: labels.urgency.length, scope: 2 };
  for (const model of ["queue", "urgency", "scope"] as const) {
    const used = calibration[model];
    if (
      used.method === "vector" &&
      (used.weights.length !== classes[model] || used.biases.length !== classes[model])
    ) {
      differs(`calibration.${model} is not for ${classes[model]} classes`);
    }
  }
}

async function readCheckedFile(
  read: ReadBundleFile,
  manifest: Manifest,
  name: BundleFileName,
): Promise<Uint8Array> {
  const declared = manifest.files[name];
  if (!declared) throw new BundleError(`manifest.json declares no ${name}: export the bundle again.`);
  const bytes = await readFile(read, name);
  const digest = await sha256(bytes);
  if (bytes.byteLength === declared.bytes && digest === declared.sha256) return bytes;
  throw new BundleError(
    `${name} is not the file that manifest.json declares (${bytes.byteLength} bytes, sha256 ${digest.slice(0, 12)}; declared ` +
      `${declared.bytes} bytes, ${declared.sha256.slice(0, 12)}): it was changed or cut short. Fetch the bundle again.`,
  );
}
