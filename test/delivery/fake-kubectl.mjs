#!/usr/bin/env node
// Stands in for kubectl where no cluster is there: writes down each call with its stdin, keeps what was applied, and answers from a script.
// FAKE_KUBECTL is its folder: calls.jsonl, cluster.json, script.json (./fake-cluster.ts has their shapes). Plain JavaScript, because it is
// started a dozen times a test.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = process.env.FAKE_KUBECTL ?? "";
const args = process.argv.slice(2);
const input = args.includes("--filename=-") ? readFileSync(0, "utf8") : "";
appendFileSync(join(folder, "calls.jsonl"), `${JSON.stringify({ args, input })}\n`);
const script = read("script.json");
const cluster = read("cluster.json");

const planned = script.fail?.find(({ call, times }) => args.join(" ").startsWith(call) && times > 0);
if (planned?.after > 0) {
  planned.after -= 1;
  write("script.json", script);
} else if (planned) {
  planned.times -= 1;
  write("script.json", script);
  end(planned.says);
}

const [verb, what = ""] = args;
if (verb === "kustomize") {
  const { parseAllDocuments } = await import("yaml");
  const parse = (path) => parseAllDocuments(readFileSync(path, "utf8")).map((document) => document.toJS());
  // What is JSON is YAML too.
  const objects = render(resolve(what), parse);
  say(objects.map((object) => JSON.stringify(object)).join("\n---\n"));
} else if (verb === "apply") {
  for (const item of JSON.parse(input).items) apply(item);
} else if (verb === "get" && what === "deployment/api") {
  if (cluster.revisions.length > 0) say(JSON.stringify(deploymentNow()));
} else if (verb === "get" && what === "job/migrate") {
  const condition = { type: script.migration, status: "True", message: "as planned" };
  say(JSON.stringify({ status: { conditions: [condition] } }));
} else if (verb === "logs") {
  say("the migration's last line");
}
write("cluster.json", cluster);

function apply(item) {
  cluster.applied.push(`${item.kind}/${item.metadata.name}`);
  if (item.kind !== "Deployment") return;
  const newest = cluster.revisions.at(-1);
  // A new template is a new revision; another annotation is none.
  if (JSON.stringify(newest?.deployment.spec) === JSON.stringify(item.spec)) newest.deployment = item;
  else addRevision(item);
}

function addRevision(deployment) {
  cluster.revisions.push({ revision: (cluster.revisions.at(-1)?.revision ?? 0) + 1, deployment });
}

function deploymentNow() {
  const { revision, deployment } = cluster.revisions.at(-1);
  const annotations = { "deployment.kubernetes.io/revision": String(revision) };
  return { ...deployment, metadata: { ...deployment.metadata, annotations } };
}

/** As much of kustomize as the fixture and the deploy script use: resources, a namespace, images, one patch of annotations. */
function render(place, parse) {
  const [kustomization] = parse(join(place, "kustomization.yaml"));
  const objects = kustomization.resources.flatMap((resource) => {
    const path = resolve(place, resource);
    return path.endsWith(".yaml") ? parse(path) : render(path, parse);
  });
  for (const object of objects) {
    if (kustomization.namespace) object.metadata.namespace = kustomization.namespace;
    for (const { target, patch } of kustomization.patches ?? []) {
      if (target.kind === object.kind) object.metadata.annotations = { patched: patch };
    }
    for (const container of containersOf(object)) {
      const image = kustomization.images?.find(({ name }) => name === container.image);
      if (image) container.image = `${image.newName}@${image.digest}`;
    }
  }
  return objects;
}

function containersOf(value) {
  if (typeof value !== "object" || value === null) return [];
  return "containers" in value ? value.containers : Object.values(value).flatMap(containersOf);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function end(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function read(name) {
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}

function write(name, value) {
  writeFileSync(join(folder, name), JSON.stringify(value));
}
