// What only real nodes show: pods that start and end, probes, network policies, rollouts under load. In a namespace of its own, which goes away again, on the
// cluster of TEST_KUBECONFIG (or KUBECONFIG), with the database on a volume of its default StorageClass where it has one. TEST_API_IMAGE and TEST_TRAINER_IMAGE are this checkout's images by digest, TEST_SECOND_API_IMAGE is another build of the API
// and TEST_BROKEN_API_IMAGE one whose server does not come up; without these two, versions differ by settings. docs/operations.md
import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { createKubectl } from "../../scripts/delivery/create-kubectl.ts";
import { readPublishedBundle } from "../../scripts/delivery/read-published-bundle.ts";
import { createDeployer } from "./create-deployer.ts";
import { runScript } from "./run-script.ts";
import { type Load, startLoad } from "./start-load.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const namespace = `support-it-agent-rollout-test-${process.pid}`;
const inNamespace = `--namespace=${namespace}`;
const nodePort = Number(process.env.TEST_NODE_PORT || 30_089);
const kubeconfig = process.env.TEST_KUBECONFIG || process.env.KUBECONFIG;
const admin = createKubectl(process.env.KUBECTL || "kubectl", root, {
  ...process.env,
  KUBECONFIG: kubeconfig,
});
const { TEST_API_IMAGE: firstImage = "", TEST_TRAINER_IMAGE: trainerImage = "" } = process.env;
const secondImage = process.env.TEST_SECOND_API_IMAGE || firstImage;
const brokenImage = process.env.TEST_BROKEN_API_IMAGE || firstImage;
const where = await findNode();
const hasVolumes = typeof where !== "string" && (await hasDefaultStorageClass());
if (typeof where === "string") console.warn(`Skipped: a rollout on real nodes. ${where}`);

async function findNode(): Promise<{ address: string } | string> {
  if (!kubeconfig) return "Neither TEST_KUBECONFIG nor KUBECONFIG names a cluster.";
  const args = [
    "get",
    "nodes",
    '--output=jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}',
  ];
  const { exitCode, stdout, stderr } = await admin
    .ask(args)
    .catch((error: Error) => ({ exitCode: 1, stdout: "", stderr: error.message }));
  if (exitCode !== 0) return `The cluster does not answer, or has no nodes: ${stderr.trim()}`;
  const address = process.env.TEST_NODE_ADDRESS || stdout.trim();
  if (!address) return "The cluster has no nodes.";
  if (!firstImage || !trainerImage)
    return "TEST_API_IMAGE and TEST_TRAINER_IMAGE name no images for its nodes.";
  return { address };
}

async function hasDefaultStorageClass(): Promise<boolean> {
  const classes = JSON.parse(await admin.demand(["get", "storageclasses", "--output=json"])) as {
    items: { metadata: { annotations?: Record<string, string> } }[];
  };
  return classes.items.some(
    ({ metadata }) => metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true",
  );
}

describe.skipIf(typeof where === "string")("on real nodes", () => {
  const url = typeof where === "string" ? "" : `http://${where.address}:${nodePort}`;
  let folder: string;
  let bundleHash: string;
  let key: string;
  let deployer: Record<string, string>;

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "rollout-")));
    const data = existsSync(join(root, "models/current/manifest.json")) ? "current" : "starter";
    bundleHash = (await readPublishedBundle(root, data)).hash;
    deployer = await createDeployer(admin, namespace, folder);
    key = await makeSecrets();
    const first = await deploy(firstImage, {}, { KUBECONFIG: kubeconfig }, "--whole-overlay");
    expect(first.stderr).toContain("Deployed");
    expect(first.exitCode).toBe(0);
  });

  afterAll(async () => {
    await admin.ask(["delete", "namespace", namespace, "--wait=false"]);
    if (folder) await rm(folder, { recursive: true });
  });

  /** The Secrets of an installation, in this test's namespace. Gives the first admin's key. */
  const makeSecrets = async () => {
    const { stdout, stderr } = await runScript("make-secrets", [], { GIT_TOKEN: "none" });
    const input = stdout.replaceAll("namespace: support-it-agent\n", `namespace: ${namespace}\n`);
    await admin.demand(["create", "--filename=-"], { input });
    return /sia_\S+/.exec(stderr)?.[0] ?? "";
  };

  /** What every installation has, and PostgreSQL; where nothing makes volumes its data end with its pod. */
  const writeOverlay = async (settings: Readonly<Record<string, string>>) => {
    const place = await realpath(await mkdtemp(join(folder, "overlay-")));
    const literals = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const infra = relative(place, join(root, "infra/k3s"));
    const patch = (kind: string, name: string, ...operations: object[]) => ({
      target: { kind, name },
      patch: JSON.stringify(operations),
    });
    const kustomization = {
      namespace,
      resources: [`${infra}/base`],
      components: [`${infra}/components/postgres`],
      configMapGenerator: [{ name: "api-config", behavior: "merge", literals }],
      patches: [
        patch("Service", "api", { op: "replace", path: "/spec/ports/0/nodePort", value: nodePort }),
        patch("CronJob", "trainer-cycle", { op: "add", path: "/spec/suspend", value: true }),
        ...(hasVolumes
          ? []
          : [
              patch(
                "StatefulSet",
                "postgres",
                { op: "remove", path: "/spec/volumeClaimTemplates" },
                { op: "add", path: "/spec/template/spec/volumes/-", value: { name: "data", emptyDir: {} } },
              ),
            ]),
      ],
    };
    await writeFile(join(place, "kustomization.yaml"), stringify(kustomization));
    return place;
  };

  const deploy = async (
    image: string,
    settings: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string | undefined>>,
    ...more: string[]
  ) => {
    const wanted = ["--api-image", image, "--trainer-image", trainerImage, "--bundle-hash", bundleHash];
    const args = ["--overlay", await writeOverlay(settings), ...wanted, "--url", url, ...more];
    return runScript("deploy", args, { ...env, SUPPORT_IT_AGENT_KEY: key }, undefined, 800_000);
  };

  const readPods = async () => {
    const args = ["get", "pods", inNamespace, "--selector=app.kubernetes.io/component=api", "--output=json"];
    const { items } = JSON.parse(await admin.demand(args)) as { items: Pod[] };
    return items.filter(({ metadata }) => !metadata.deletionTimestamp);
  };
  const waitForRollout = () =>
    admin.demand(["rollout", "status", "deployment/api", inNamespace, "--timeout=300s"], {
      timeoutMs: 360_000,
    });

  /** Does something while questions are asked. Gives what it gave, and what became of the questions. */
  const underLoad = async <Result>(act: () => Promise<Result>) => {
    const load: Load = startLoad({ url, key, lanes: 6, pauseMs: 100 });
    const result = await act().catch(async (error: unknown) => {
      await load.stop();
      throw error;
    });
    const { answered, lost } = await load.stop();
    console.warn(`${answered} questions answered, ${lost.length} lost`);
    expect(answered).toBeGreaterThan(50);
    return { result, lost };
  };

  test("a new version is rolled out by the deployer, and no question is lost", async () => {
    const before = await readPods();
    const { result, lost } = await underLoad(() => deploy(secondImage, { LOG_LEVEL: "warn" }, deployer));
    expect(result.stderr).toContain("Deployed");
    expect(result.exitCode).toBe(0);
    expect(lost).toEqual([]);
    const after = await readPods();
    expect(after.map(({ metadata }) => metadata.name)).not.toContain(before[0]?.metadata.name);
    for (const { spec } of after) expect(spec.containers[0]?.image).toBe(secondImage);
  });

  test("a version that never becomes ready is undone, and no question is lost", async () => {
    // It listens where no probe and no Service reaches it.
    const settings = { LOG_LEVEL: "warn", HOST: "127.0.0.1" };
    const { result, lost } = await underLoad(() =>
      deploy(brokenImage, settings, deployer, "--rollout-timeout-s", "45"),
    );
    expect(result.stderr).toContain(`Undone: ${secondImage} serves again`);
    expect(result.exitCode).toBe(3);
    expect(lost).toEqual([]);
    for (const { spec } of await readPods()) expect(spec.containers[0]?.image).toBe(secondImage);
  });

  test("a version whose migration fails is told at once, and what serves is not touched", async () => {
    // The trainer's image in the API's place: it has no migration.
    const { result, lost } = await underLoad(() => deploy(trainerImage, {}, deployer));
    expect(result.stderr).toContain("The migration failed");
    expect(result.stderr).toContain("migrate.ts");
    expect(result.exitCode).toBe(1);
    expect(lost).toEqual([]);
    for (const { spec } of await readPods()) expect(spec.containers[0]?.image).toBe(secondImage);
  });

  test("a pod that is deleted answers what it was asked, and its questions go to the other", async () => {
    const [pod] = await readPods();
    const { lost } = await underLoad(async () => {
      await admin.demand(["delete", "pod", pod?.metadata.name ?? "", inNamespace, "--wait=true"]);
      await waitForRollout();
    });
    expect(lost).toEqual([]);
  });

  test("a drain may take all instances but one, and no question is lost", async () => {
    const evict = ({ metadata: { name } }: Pod) => {
      const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
      return admin.ask(["create", `--raw=${path}`, "--filename=-"], { input: JSON.stringify(eviction) });
    };
    const { result, lost } = await underLoad(async () => {
      const ends = [];
      for (const pod of await readPods()) ends.push(await evict(pod));
      await waitForRollout();
      return ends;
    });
    expect(result.filter(({ exitCode }) => exitCode === 0)).toHaveLength(result.length - 1);
    expect(result.at(-1)?.stderr).toContain("disruption budget");
    expect(lost).toEqual([]);
  });

  test.skipIf(!hasVolumes)(
    "the database's pod is replaced: no question is lost, and what was stored is there",
    async () => {
      const headers = { Authorization: `Bearer ${key}` };
      const stored = await fetch(`${url}/documents`, {
        method: "POST",
        headers: { ...headers, "Content-Type": "text/markdown" },
        body: "# The franking machine asks for a code\n\nHold the blue key for five seconds, then enter the code of its lid.\n",
      });
      expect(stored.status, await stored.text()).toBe(201);
      const { result, lost } = await underLoad(async () => {
        await admin.demand(["delete", "pod", "postgres-0", inNamespace, "--wait=true"], {
          timeoutMs: 180_000,
        });
        await admin.demand(
          ["wait", "--for=condition=ready", "pod/postgres-0", inNamespace, "--timeout=180s"],
          {
            timeoutMs: 240_000,
          },
        );
        return vi.waitFor(
          async () => {
            const answer = await fetch(`${url}/ask`, {
              method: "POST",
              headers: { ...headers, "Content-Type": "application/json" },
              body: JSON.stringify({ question: "The franking machine asks for a code" }),
            });
            expect(answer.status).toBe(200);
            const { sources } = (await answer.json()) as { sources: { title: string }[] };
            expect(sources).not.toEqual([]);
            return sources;
          },
          { timeout: 60_000, interval: 1_000 },
        );
      });
      expect(result[0]?.title).toBe("The franking machine asks for a code");
      expect(lost).toEqual([]);
    },
  );

  test("a pod is no root, writes nothing but /tmp, and has no token of the cluster's", async () => {
    const look = await admin.demand([
      ...["exec", "deployment/api", inNamespace, "--", "sh", "-c"],
      "id -u; touch /app/x /etc/x /x 2>&1; touch /tmp/x && echo written; ls /var/run/secrets 2>&1; true",
    ]);
    expect(look).toMatch(/^1000\n/);
    expect(look.match(/Read-only file system/g)).toHaveLength(3);
    expect(look).toContain("written");
    expect(look).toContain("/var/run/secrets': No such file");
  });

  test("network policies are enforced: names are found and the database is reached, nothing else of the cluster is", async () => {
    // By address and not through its Service, which may choose the pod that asks: no policy keeps a pod from itself.
    const [asking, other] = await readPods();
    const reach = async (host: string, port: number) => {
      const program =
        "const [host, port] = process.argv.slice(1); const socket = require('net').connect({ host, port });" +
        "const say = (word) => { console.log(word); process.exit(); };" +
        "socket.on('connect', () => say('open')); socket.on('error', ({ code }) => say(code)); setTimeout(say, 4000, 'closed');";
      const name = asking?.metadata.name ?? "";
      const args = ["exec", name, inNamespace, "--", "node", "-e", program, host, String(port)];
      return (await admin.demand(args)).trim();
    };
    expect(await reach("postgres", 5432)).toBe("open");
    expect(["closed", "ECONNREFUSED"]).toContain(await reach("kubernetes.default.svc", 443));
    // An API has no reason to call another.
    expect(["closed", "ECONNREFUSED"]).toContain(await reach(other?.status.podIP ?? "", 8000));
    const outOfDatabase = ["exec", "postgres-0", inNamespace, "--", "timeout", "4", "bash", "-c"];
    expect((await admin.ask([...outOfDatabase, "exec 3<>/dev/tcp/api/8000"])).exitCode).not.toBe(0);
  });
});

type Pod = {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status: { readonly podIP?: string };
};
