// The deploy script against the cluster of KUBECONFIG, in a namespace of its own that goes away again, with the rights of the deployer's Role and no
// others. An API server without nodes will do: the controllers' part is played then. On a cluster with nodes TEST_API_IMAGE, TEST_BROKEN_IMAGE and
// TEST_TRAINER_IMAGE name images by digest, whose containers run whatever they are told, and TEST_MIGRATION_COMMAND is what ends well in them.
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { createKubectl, type Kubectl } from "../../scripts/delivery/create-kubectl.ts";
import { playControllers } from "./play-controllers.ts";
import { runScript } from "./run-script.ts";
import { type ServedApi, startServedApi } from "./start-served-api.ts";

vi.setConfig({ testTimeout: 600_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const fixture = fileURLToPath(new URL("fixtures/overlay", import.meta.url));
const namespace = `support-it-agent-delivery-test-${process.pid}`;
const admin = createKubectl(process.env.KUBECTL || "kubectl", root, process.env);
const where = await findCluster();
if (typeof where === "string") console.warn(`Skipped: the deploy script against a cluster. ${where}`);

const image = (letter: string) => `ghcr.io/example/support-it-agent-api@sha256:${letter.repeat(64)}`;
const images = {
  first: process.env.TEST_API_IMAGE ?? image("a"),
  second: image("b"),
  broken: process.env.TEST_BROKEN_IMAGE ?? image("c"),
  trainer: process.env.TEST_TRAINER_IMAGE ?? image("f").replace("-api", "-trainer"),
};

let folder: string;
let deployer: Record<string, string>;
let api: ServedApi;
let served: string;
let hasVariable = false;
let stop: (() => Promise<void>) | undefined;

async function findCluster(): Promise<{ isBare: boolean } | string> {
  if (!process.env.KUBECONFIG) return "KUBECONFIG names none.";
  const nodes = await admin
    .ask(["get", "nodes", "--output=name"])
    .catch((error: Error) => ({ exitCode: 1, stdout: "", stderr: error.message }));
  if (nodes.exitCode !== 0) return `It does not answer: ${nodes.stderr.trim()}`;
  const isBare = nodes.stdout.trim() === "";
  return isBare || process.env.TEST_API_IMAGE
    ? { isBare }
    : "It has nodes, and TEST_API_IMAGE names no image that they can run.";
}

describe.skipIf(typeof where === "string")("the deploy script on a cluster", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cluster-"));
    api = await startServedApi(async () => served);
    await apply(admin, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await apply(admin, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "deployer", namespace },
    });
    const role = parse(await readFile(join(root, "infra/k3s/bootstrap/deployer.role.yaml"), "utf8"));
    await apply(admin, { ...role, metadata: { ...role.metadata, namespace } });
    await apply(admin, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "deployer", namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "deployer" },
      subjects: [{ kind: "ServiceAccount", name: "deployer", namespace }],
    });
    deployer = { KUBECONFIG: join(folder, "kubeconfig") };
    await writeFile(join(folder, "kubeconfig"), await asDeployer(), { mode: 0o600 });
    if (typeof where === "object" && where.isBare) stop = playControllers(admin, namespace, [images.broken]);
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

function apply(kubectl: Kubectl, object: unknown): Promise<string> {
  return kubectl.demand(["apply", "--server-side", "--filename=-"], { input: JSON.stringify(object) });
}

/** The kubeconfig in use, with every call made in the deployer's name. */
async function asDeployer(): Promise<string> {
  const config = JSON.parse(
    await admin.demand(["config", "view", "--raw", "--minify", "--flatten", "--output=json"]),
  );
  for (const { user } of config.users) user.as = `system:serviceaccount:${namespace}:deployer`;
  return JSON.stringify(config);
}
