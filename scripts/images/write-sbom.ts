// node scripts/images/write-sbom.ts NAME APP_FOLDER >FILE: what an image consists of, as CycloneDX 1.6. It runs inside the image while that is
// built and reads what is there, not what a lock file asked for: Debian's packages, Node, npm's, Python's, the weights and the model.
// The same content gives the same bytes: no time, and a serial number that is made of the content.
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

type Component = {
  readonly type: "library" | "application" | "machine-learning-model";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly licenses?: readonly { readonly license: { readonly name: string } }[];
  readonly hashes?: readonly { readonly alg: "SHA-256"; readonly content: string }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
};

const [name, app] = process.argv.slice(2);
if (name === undefined || app === undefined) {
  console.error("Usage: node scripts/images/write-sbom.ts NAME APP_FOLDER");
  process.exit(2);
}
const version = textOf(await readJson(join(app, "package.json")), "version");
const parts = await Promise.all([
  debianPackages(),
  [runtime()],
  npmPackages(app),
  pythonPackages(app),
  weights(app),
  bundles(app),
]);
const components = parts.flat().sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1));
const digest = createHash("sha256")
  .update(JSON.stringify([name, version, components]))
  .digest("hex");
process.stdout.write(
  `${JSON.stringify(
    {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      serialNumber: `urn:uuid:${uuidOf(digest)}`,
      version: 1,
      metadata: { component: { type: "container", "bom-ref": name, name, version } },
      components,
    },
    null,
    1,
  )}\n`,
);

/** A UUID of version 8, whose other bits are the content's. */
function uuidOf(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

async function debianPackages(): Promise<Component[]> {
  const file = "/var/lib/dpkg/status";
  if (!existsSync(file)) return [];
  const release = await readFile("/etc/os-release", "utf8");
  const distribution = `debian-${/^VERSION_ID="?([^"\n]*)/m.exec(release)?.[1] ?? "unknown"}`;
  const stanzas = (await readFile(file, "utf8")).split("\n\n");
  return stanzas
    .filter((stanza) => /^Status: install ok installed$/m.test(stanza))
    .map((stanza) => {
      const field = (key: string) => new RegExp(`^${key}: (.*)$`, "m").exec(stanza)?.[1] ?? "";
      const [packageName, packageVersion] = [field("Package"), field("Version")];
      const purl = `pkg:deb/debian/${encodeURIComponent(packageName)}@${encodeURIComponent(packageVersion)}?arch=${field("Architecture")}&distro=${distribution}`;
      return { type: "library", "bom-ref": purl, name: packageName, version: packageVersion, purl };
    });
}

function runtime(): Component {
  const nodeVersion = process.versions.node;
  const purl = `pkg:generic/node@${nodeVersion}`;
  const properties = Object.entries(process.versions)
    .filter(([part]) => part !== "node")
    .map(([part, value]) => ({ name: `support-it-agent:bundles:${part}`, value: value ?? "" }));
  return { type: "application", "bom-ref": purl, name: "node", version: nodeVersion, purl, properties };
}

async function npmPackages(root: string): Promise<Component[]> {
  const found = new Map<string, Component>();
  for await (const file of glob("node_modules/**/package.json", { cwd: root })) {
    // Folders inside of a package have files of that name too; a package stands right below node_modules, or below its scope.
    if (!/(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(file)) continue;
    const manifest = await readJson(join(root, file));
    const [packageName, packageVersion] = [textOf(manifest, "name"), textOf(manifest, "version")];
    if (packageName === "" || packageVersion === "") continue;
    const purl = `pkg:npm/${packageName.replace("@", "%40")}@${packageVersion}`;
    const licence = textOf(manifest, "license");
    found.set(purl, {
      type: "library",
      "bom-ref": purl,
      name: packageName,
      version: packageVersion,
      purl,
      ...(licence && { licenses: [{ license: { name: licence } }] }),
    });
  }
  return [...found.values()];
}

async function pythonPackages(root: string): Promise<Component[]> {
  const found: Component[] = [];
  for await (const file of glob(".venv/lib/python3*/site-packages/*.dist-info/METADATA", { cwd: root })) {
    const metadata = await readFile(join(root, file), "utf8");
    const field = (key: string) => new RegExp(`^${key}: (.*)$`, "m").exec(metadata)?.[1]?.trim() ?? "";
    const packageName = field("Name")
      .toLowerCase()
      .replace(/[-_.]+/g, "-");
    const packageVersion = field("Version");
    const purl = `pkg:pypi/${packageName}@${encodeURIComponent(packageVersion)}`;
    // Some authors paste the whole text where the name belongs.
    const licence = field("License-Expression") || field("License").slice(0, 100);
    found.push({
      type: "library",
      "bom-ref": purl,
      name: packageName,
      version: packageVersion,
      purl,
      ...(licence && { licenses: [{ license: { name: licence } }] }),
    });
  }
  return found;
}

async function weights(root: string): Promise<Component[]> {
  const file = join(root, ".cache/models/model.safetensors");
  if (!existsSync(file)) return [];
  const content = await sha256Of(file);
  return [
    {
      type: "machine-learning-model",
      "bom-ref": "model:all-MiniLM-L6-v2",
      name: "all-MiniLM-L6-v2",
      version: content.slice(0, 16),
      licenses: [{ license: { name: "Apache-2.0" } }],
      hashes: [{ alg: "SHA-256", content }],
    },
  ];
}

async function bundles(root: string): Promise<Component[]> {
  const found: Component[] = [];
  for await (const file of glob("models/*/manifest.json", { cwd: root })) {
    const bundleVersion = textOf(await readJson(join(root, file)), "version");
    const bundleName = file.split("/").at(-2) ?? "";
    found.push({
      type: "machine-learning-model",
      "bom-ref": `bundle:${bundleName}`,
      name: `bundle ${bundleName}`,
      version: bundleVersion,
      hashes: [{ alg: "SHA-256", content: await sha256Of(join(root, file)) }],
    });
  }
  return found;
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}

/** A property's text; "" where there is none, as in package.json files that are no package's. */
function textOf(value: unknown, key: string): string {
  const found = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const text = found.find(([entryKey]) => entryKey === key)?.[1];
  return typeof text === "string" ? text : "";
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}
