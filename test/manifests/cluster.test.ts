import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";
import { deployerTable } from "./deployer-table.ts";
import { ensureKubectl } from "./ensure-kubectl.ts";
import { k3sFolder, overlays, render } from "./render.ts";

const kubeconfig = process.env.TEST_KUBECONFIG;
const digest = `sha256:${"a".repeat(64)}`;

/** Needs a cluster that may be changed and has no installation yet: it gets bootstrap/ applied, and nothing else for good. */
describe.skipIf(!kubeconfig)("an API server", () => {
  let kubectl: (args: readonly string[], input?: string) => Promise<{ code: number; said: string }>;

  beforeAll(async () => {
    const program = await ensureKubectl();
    kubectl = async (args, input = "") => {
      const child = promisify(execFile)(program, [`--kubeconfig=${kubeconfig}`, ...args], {
        timeout: 60_000,
      });
      child.child.stdin?.end(input);
      return child.then(
        ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
        (error: { code: number; stdout: string; stderr: string }) => ({
          code: error.code,
          said: error.stdout + error.stderr,
        }),
      );
    };
    const applied = await kubectl(["apply", "--server-side", `--kustomize=${k3sFolder}bootstrap`]);
    expect(applied.code, applied.said).toBe(0);
    // A new policy is heeded some seconds later.
    await vi.waitFor(async () => expect(await tryPod("busybox")).toContain("named by its digest"), {
      timeout: 60_000,
      interval: 1_000,
    });
  }, 120_000);

  test.each(overlays)("takes overlays/%s as it is deployed, without a warning", async (overlay) => {
    const { code, said } = await tryObjects(pinned(await render(`overlays/${overlay}`)));
    expect(code, said).toBe(0);
  });

  test("refuses an overlay whose images nobody has pinned, with the next step", async () => {
    const { code, said } = await tryObjects(await render("overlays/local"));
    expect(code).toBe(1);
    for (const workload of ["deployments.apps", "cronjobs.batch", "jobs.batch"])
      expect(said).toContain(workload);
    expect(said).toContain("Apply with the digests of a build: docs/operations.md");
  });

  test.each([
    [
      "by a tag",
      { containers: [container("ghcr.io/OWNER/support-it-agent-api:latest")] },
      "named by its digest",
    ],
    [
      "of somebody else",
      { containers: [container(`docker.io/library/busybox@${digest}`)] },
      "only images of",
    ],
    [
      "with a name that begins as ours",
      { containers: [container(`ghcr.io/OWNER/support-it-agent-api-x@${digest}`)] },
      "only images of",
    ],
    [
      "in an init container",
      { containers: [container(ours)], initContainers: [{ ...container("busybox"), name: "first" }] },
      "named by its digest",
    ],
    [
      "as a volume",
      {
        containers: [container(ours)],
        volumes: [{ name: "image", image: { reference: `busybox@${digest}` } }],
      },
      "only images of",
    ],
  ])("refuses an image %s", async (_, spec, reason) => {
    expect(await tryPod("", spec)).toContain(reason);
  });

  test("takes ours and the listed third parties by their digests", async () => {
    for (const image of [ours, `docker.io/pgvector/pgvector:0.8.6-pg18-bookworm@${digest}`]) {
      expect(await tryPod(image)).toContain("pod/planted");
    }
  });

  test("lets go of what an earlier list admitted, and of nothing new", async () => {
    const place = "--namespace=support-it-agent";
    const permit = (owner: string) =>
      kubectl([
        "annotate",
        "--overwrite",
        "namespace/support-it-agent",
        `support-it-agent/images=ghcr.io/${owner}`,
      ]);
    const template = { metadata: { labels: { app: "planted" } }, spec: { containers: [container(ours)] } };
    const spec = { replicas: 0, selector: { matchLabels: { app: "planted" } }, template };
    const metadata = { name: "planted", labels: {} };
    const set = JSON.stringify({ apiVersion: "apps/v1", kind: "ReplicaSet", metadata, spec });
    try {
      expect(await kubectl(["create", place, "--filename=-"], set)).toMatchObject({ code: 0 });
      await permit("another");
      await vi.waitFor(async () => expect(await tryPod(ours)).toContain("only images of"), {
        timeout: 60_000,
      });
      // As its controllers do, before it may go.
      const patch = (change: object) =>
        kubectl([
          "patch",
          place,
          "replicaset/planted",
          "--type=strategic",
          `--patch=${JSON.stringify(change)}`,
        ]);
      expect(await patch({ metadata: { labels: { touched: "yes" } } })).toMatchObject({ code: 0 });
      const other = container(ours.replace("-api@", "-trainer@"));
      const refused = await patch({ spec: { template: { spec: { containers: [other] } } } });
      expect(refused).toMatchObject({
        code: 1,
        said: expect.stringContaining("only images of ghcr.io/another"),
      });
    } finally {
      await permit("OWNER");
      await kubectl(["delete", place, "replicaset/planted", "--ignore-not-found", "--wait=true"]);
    }
  });

  test("refuses a pod that is not restricted", async () => {
    const spec = { containers: [{ name: "planted", image: ours }] };
    expect(await tryPod("", spec)).toContain("violates PodSecurity");
  });

  test("refuses the examples of Secrets", async () => {
    const { code, said } = await kubectl([
      "apply",
      "--dry-run=server",
      `--filename=${k3sFolder}bootstrap/secrets/database.yaml.example`,
    ]);
    expect([code, said]).toEqual([1, expect.stringContaining("a valid label")]);
  });

  test.each(deployerTable)(
    "answers whether the deployer may %s %s %s: %s",
    async (verb, resource, name, isAllowed) => {
      const parts = resource.split("/");
      const sub =
        parts.length > 1 && /^(log|exec|portforward|ephemeralcontainers|token|scale)$/.test(parts.at(-1)!)
          ? parts.pop()
          : undefined;
      const [type, group] = [parts.pop(), parts.pop()];
      const { said } = await kubectl([
        "auth",
        "can-i",
        verb,
        `${group ? `${type}.${group}` : type}${name ? `/${name}` : ""}`,
        ...(sub ? [`--subresource=${sub}`] : []),
        "--namespace=support-it-agent",
        "--as=github-actions:production",
      ]);
      expect(
        said
          .split("\n")
          .filter((line) => /^(yes|no)/.test(line))
          .at(0)
          ?.replace(/ - .*/, ""),
      ).toBe(isAllowed ? "yes" : "no");
    },
  );

  async function tryPod(image: string, spec: object = { containers: [container(image)] }): Promise<string> {
    const metadata = { name: "planted", namespace: "support-it-agent", labels: {} };
    const security = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } };
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      spec: { securityContext: security, serviceAccountName: "deployer", ...spec },
    };
    return (await tryObjects([pod])).said;
  }

  async function tryObjects(manifests: readonly Manifest[]) {
    const text = manifests
      .map((manifest) => stringify(manifest, { aliasDuplicateObjects: false }))
      .join("---\n");
    return kubectl(
      [
        "apply",
        "--server-side",
        "--dry-run=server",
        "--force-conflicts",
        "--warnings-as-errors",
        "--filename=-",
      ],
      text,
    );
  }
});

const ours = `ghcr.io/OWNER/support-it-agent-api@${digest}`;

function container(image: string) {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
  return { name: "planted", image, securityContext };
}

/** As scripts/deploy renders it: our two images with a digest. */
function pinned(manifests: readonly Manifest[]): Manifest[] {
  const text = JSON.stringify(manifests).replaceAll(
    /(ghcr\.io\/OWNER\/support-it-agent-(?:api|trainer))"/g,
    `$1@${digest}"`,
  );
  return JSON.parse(text) as Manifest[];
}
