// The deploy script against an API server without nodes, that of TEST_KUBECONFIG (or KUBECONFIG), in a namespace of its own that goes away again, with the
// rights of the deployer's Role and no others. The controllers' part is played. Where there are nodes, rollout.test.ts shows more.
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { createKubectl } from "../../scripts/delivery/create-kubectl.ts";
import { createDeployer } from "./create-deployer.ts";
import { playControllers } from "./play-controllers.ts";
import { runScript } from "./run-script.ts";
import { type ServedApi, startServedApi } from "./start-served-api.ts";

vi.setConfig({ testTimeout: 600_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const fixture = fileURLToPath(new URL("fixtures/overlay", import.meta.url));
const namespace = `support-it-agent-delivery-test-${process.pid}`;
const kubeconfig = process.env.TEST_KUBECONFIG || process.env.KUBECONFIG;
const admin = createKubectl(process.env.KUBECTL || "kubectl", root, {
  ...process.env,
  KUBECONFIG: kubeconfig,
});
const missing = await missingServer();
if (missing) console.warn(`Skipped: the deploy script against an API server. ${missing}`);

const image = (letter: string) => `ghcr.io/example/support-it-agent-api@sha256:${letter.repeat(64)}`;
const images = {
  first: image("a"),
  second: image("b"),
  broken: image("c"),
  trainer: image("f").replace("-api", "-trainer"),
};

let folder: string;
let deployer: Record<string, string>;
let api: ServedApi;
let served: string;
let hasVariable = false;
let stop: (() => Promise<void>) | undefined;

/** Why there is none to be used; undefined where there is one. */
async function missingServer(): Promise<string | undefined> {
  if (!kubeconfig) return "Neither TEST_KUBECONFIG nor KUBECONFIG names one.";
  const nodes = await admin
    .ask(["get", "nodes", "--output=name"])
    .catch((error: Error) => ({ exitCode: 1, stdout: "", stderr: error.message }));
  if (nodes.exitCode !== 0) return `It does not answer: ${nodes.stderr.trim()}`;
  return nodes.stdout.trim() ? "It has nodes: rollout.test.ts is for those." : undefined;
}

describe.skipIf(missing !== undefined)("the deploy script on an API server", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cluster-"));
    api = await startServedApi(async () => served);
    deployer = await createDeployer(admin, namespace, folder);
    stop = playControllers(admin, namespace, [images.broken]);
  });

  afterAll(async () => {
    await stop?.();
    await admin.ask(["delete", "namespace", namespace, "--wait=false"]);
    await api?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  const deploy = async (apiImage: string, bundle: string, ...more: string[]) =>
    runScript(
      "deploy",
      [
        ...["--overlay", await writeOverlay(), "--api-image", apiImage, "--trainer-image", images.trainer],
        ...[
          "--bundle-hash",
          bundle,
          "--url",
          api.url,
          "--patience-s",
          "1",
          "--rollout-timeout-s",
          "20",
          ...more,
        ],
      ],
      deployer,
    );

  /** The fixture in this test's namespace; with a variable that only some versions have. */
  const writeOverlay = async () => {
    const place = await realpath(await mkdtemp(join(folder, "overlay-")));
    const env = [{ name: "ONLY_OF_SOME_VERSIONS", value: "1" }];
    const spec = { template: { spec: { containers: [{ name: "api", env }] } } };
    const patch = stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "api" }, spec });
    const kustomization = {
      namespace,
      resources: [relative(place, await realpath(fixture))],
      patches: hasVariable ? [{ patch }] : [],
    };
    await writeFile(join(place, "kustomization.yaml"), stringify(kustomization));
    return place;
  };

  const now = async () => {
    const { metadata, spec } = JSON.parse(
      await admin.demand(["get", "deployment/api", `--namespace=${namespace}`, "--output=json"]),
    );
    return {
      variables: (spec.template.spec.containers[0].env ?? []).map(({ name }: { name: string }) => name),
      image: spec.template.spec.containers[0].image,
      revision: metadata.annotations["deployment.kubernetes.io/revision"],
      cause: metadata.annotations["kubernetes.io/change-cause"],
    };
  };

  test("deploys, deploys the same without a new revision, and undoes what answers wrongly and what does not come up", async () => {
    served = "a";
    const first = await deploy(images.first, "a");
    expect(first).toMatchObject({ exitCode: 0 });
    expect(await now()).toMatchObject({ image: images.first, revision: "1", cause: "bundle a" });

    expect(await deploy(images.first, "a")).toMatchObject({ exitCode: 0 });
    expect(await now()).toMatchObject({ image: images.first, revision: "1" });

    const wrong = await deploy(images.second, "b");
    expect(wrong.stderr).toContain(`Undone: ${images.first} serves again`);
    expect(wrong.exitCode).toBe(3);
    expect(await now()).toMatchObject({ image: images.first });

    const stuck = await deploy(images.broken, "a", "--rollout-timeout-s", "5");
    expect(stuck.exitCode).toBe(3);
    expect(await now()).toMatchObject({ image: images.first });

    served = "b";
    const after = await deploy(images.second, "b");
    expect(after.stderr).toContain("Deployed");
    expect(await now()).toMatchObject({ image: images.second, cause: "bundle b" });
  });

  test("what only the version before had comes back with an undo, and goes with the next version", async () => {
    [served, hasVariable] = ["a", true];
    expect(await deploy(images.first, "a")).toMatchObject({ exitCode: 0 });
    expect(await now()).toMatchObject({ variables: ["ONLY_OF_SOME_VERSIONS"] });
    hasVariable = false;
    expect((await deploy(images.second, "b")).exitCode).toBe(3);
    expect(await now()).toMatchObject({ image: images.first, variables: ["ONLY_OF_SOME_VERSIONS"] });
    served = "b";
    expect(await deploy(images.second, "b")).toMatchObject({ exitCode: 0 });
    expect(await now()).toMatchObject({ image: images.second, variables: [] });
  });

  test("the deployer may not apply what is an admin's", async () => {
    const ended = await deploy(images.second, "b", "--whole-overlay");
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain("networkpolicies");
    expect(ended.stderr).toContain("forbidden");
  });
});
