import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";
import { checkManifests } from "./check-manifests.ts";
import { ensureKubectl } from "./ensure-kubectl.ts";
import { readExampleSecrets } from "./read-example-secrets.ts";
import { everyComponent, k3sFolder, overlays, render } from "./render.ts";

beforeAll(() => ensureKubectl(), 300_000);

test.each(overlays)("overlays/%s keeps the policy", async (overlay) => {
  expect(await checkManifests(await render(`overlays/${overlay}`))).toEqual([]);
});

test("every component at once, those included that no overlay uses, keeps it too", async () => {
  const listed = parse(await readFile(`${k3sFolder}${everyComponent}/kustomization.yaml`, "utf8")).components;
  const names = (await readdir(`${k3sFolder}components`)).sort();
  expect(listed.map((path: string) => basename(path)).sort()).toEqual(names);
  expect(await checkManifests(await render(everyComponent))).toEqual([]);
});

test("an example Secret cannot be applied: it bears a label that no API server takes", async () => {
  const examples = await readExampleSecrets();
  expect(examples.map(({ file }) => file).filter((file) => !file.endsWith(".yaml.example"))).toEqual([]);
  expect(examples.filter(({ guard }) => !guard || /^[\w.-]*$/.test(guard))).toEqual([]);
});

/** Written into the object at the path: "spec.template.spec.containers.0.image". Undefined takes the field away. */
type Change = readonly [path: string, value: unknown];

const api = "Deployment api";
const apiPod = "spec.template.spec";
const apiContainer = `${apiPod}.containers.0`;
const cycle = "CronJob trainer-cycle";
const cycleJob = "spec.jobTemplate.spec";

describe("a planted error is found", () => {
  const planted: readonly (readonly [object: string, change: Change, finding: string])[] = [
    [api, [`${apiPod}.serviceAccountName`, undefined], "runs as the account default"],
    [api, [`${apiPod}.automountServiceAccountToken`, undefined], "mounts a token of the API server"],
    [api, [`${apiPod}.enableServiceLinks`, undefined], "gets every Service's address"],
    [api, [`${apiPod}.hostNetwork`, true], "shares the node's network"],
    [api, [`${apiPod}.securityContext.runAsNonRoot`, undefined], "may run as root"],
    [api, [`${apiPod}.securityContext.runAsUser`, undefined], "names no user"],
    [api, [`${apiPod}.securityContext.seccompProfile`, undefined], "has no seccomp profile"],
    [api, [`${apiPod}.volumes.0`, { name: "tmp", hostPath: { path: "/" } }], "mounts the node's disk"],
    [api, [`${apiPod}.volumes.0`, { name: "tmp", emptyDir: {} }], "may fill the node's disk"],
    [api, [`${apiContainer}.image`, "ghcr.io/acme/support-it-agent-api:latest"], "has no digest"],
    [
      "StatefulSet postgres",
      [`${apiContainer}.image`, "docker.io/pgvector/pgvector:0.8.6-pg18-bookworm"],
      "has no digest",
    ],
    [api, [`${apiContainer}.securityContext.allowPrivilegeEscalation`, undefined], "may gain privileges"],
    [api, [`${apiContainer}.securityContext.privileged`, true], "is privileged"],
    [api, [`${apiContainer}.securityContext.readOnlyRootFilesystem`, undefined], "may write to its image"],
    [api, [`${apiContainer}.securityContext.capabilities`, undefined], "keeps capabilities"],
    [api, [`${apiContainer}.securityContext.capabilities.add`, ["NET_ADMIN"]], "adds capabilities"],
    [api, [`${apiContainer}.securityContext.runAsUser`, 0], "runs as root against its pod's word"],
    [api, [`${apiContainer}.resources.limits.memory`, undefined], "has no limit of memory"],
    [api, [`${apiContainer}.resources.requests.cpu`, undefined], "requests no cpu"],
    [api, [`${apiContainer}.ports.0.hostPort`, 8000], "has a port without a name, or one of the node"],
    [
      api,
      [`${apiContainer}.env.0`, { name: "MISTRAL_API_KEY", value: "abc" }],
      "holds the secret MISTRAL_API_KEY as text",
    ],
    [
      api,
      [`${apiContainer}.env.0`, { name: "DATABASE_URL", value: "postgres://me:pw@db/x" }],
      "holds the secret DATABASE_URL as text",
    ],
    [
      api,
      [`${apiContainer}.envFrom.0`, { secretRef: { name: "database" } }],
      "takes a whole Secret as environment",
    ],
    [api, [`${apiContainer}.livenessProbe`, undefined], "has no livenessProbe"],
    [
      api,
      [`${apiContainer}.startupProbe.httpGet.port`, "web"],
      "startupProbe asks a port web that it does not have",
    ],
    [api, [`${apiContainer}.readinessProbe.httpGet.path`, "/livez"], "asked for readiness elsewhere"],
    [api, ["spec.replicas", 2], "against its autoscaler's"],
    [api, ["spec.strategy.rollingUpdate.maxUnavailable", 1], "before its successor serves"],
    [api, ["spec.minReadySeconds", undefined], "at its first breath"],
    [api, [`${apiContainer}.lifecycle`, undefined], "ends while requests still arrive"],
    [api, [`${apiPod}.terminationGracePeriodSeconds`, 70], "is killed before it has ended"],
    [api, [`${apiPod}.topologySpreadConstraints`, undefined], "does not spread over nodes"],
    ["ConfigMap api-config", ["data.ASK_DEADLINE_MS", "90000"], "cuts off answers that may still come"],
    ["ConfigMap api-config", ["data.MISTRAL_API_KEY", "abc"], "holds the secret MISTRAL_API_KEY as text"],
    [cycle, ["spec.concurrencyPolicy", undefined], "may run twice at once"],
    [cycle, ["spec.timeZone", undefined], "a clock that nobody named"],
    [cycle, ["spec.schedule", "0 */6 * * *"], "at the full hour"],
    [cycle, ["spec.startingDeadlineSeconds", undefined], "has no startingDeadlineSeconds"],
    [cycle, ["spec.failedJobsHistoryLimit", undefined], "has no limit of its history"],
    [cycle, ["metadata.name", "t".repeat(53)], "leaves no room"],
    [cycle, [`${cycleJob}.activeDeadlineSeconds`, 21_600], "may hang into the next run"],
    [cycle, [`${cycleJob}.backoffLimit`, undefined], "tries again more than twice"],
    [cycle, [`${cycleJob}.podFailurePolicy`, undefined], "asks again where a person has something to do"],
    [cycle, [`${cycleJob}.podFailurePolicy.rules.1.onPodConditions.0.status`, undefined], "without status"],
    [cycle, [`${cycleJob}.template.spec.restartPolicy`, "OnFailure"], "forbids podFailurePolicy"],
    [
      "Job migrate",
      ["spec.ttlSecondsAfterFinished", undefined],
      "so that the next version's cannot be applied",
    ],
    ["Job migrate", ["spec.activeDeadlineSeconds", undefined], "may hang"],
    ["Job migrate", ["spec.backoffLimit", undefined], "how often it tries"],
    ["Service api", ["spec.ports.0.nodePort", 80], "wants node port 80"],
    ["Service api", ["spec.ports.0.targetPort", "web"], "leads to a port web that no pod of its has"],
    ["Service api", ["spec.selector", { app: "api" }], "selects no pod"],
    ["NetworkPolicy postgres", ["spec.podSelector.matchLabels", { app: "postgres" }], "selects no pod"],
    [
      "NetworkPolicy postgres",
      ["spec.ingress.0.ports.0.port", "sql"],
      "opens a port sql that no pod of its has",
    ],
    ["PodDisruptionBudget api", ["spec.selector.matchLabels", { app: "api" }], "selects no pod"],
    ["HorizontalPodAutoscaler api", ["spec.minReplicas", 1], "lets one pod be all there is"],
    ["HorizontalPodAutoscaler api", ["spec.scaleTargetRef.name", "web"], "scales what there is not"],
    [
      api,
      [`${apiContainer}.envFrom.0.configMapRef.name`, "settings"],
      "a ConfigMap settings that there is not",
    ],
    [api, [`${apiContainer}.env.0.valueFrom.secretKeyRef.key`, "URL"], "reads URL of a Secret database"],
    [
      "Deployment s3",
      [`${apiPod}.volumes.1.persistentVolumeClaim.claimName`, "s3"],
      "a claim s3 that there is not",
    ],
    [api, [`${apiPod}.serviceAccountName`, "web"], "an account that there is not"],
    [api, ["metadata.namespace", "default"], "is not in the namespace"],
    [api, ["metadata.labels", {}], "does not say who applies it"],
    ["ConfigMap api-config", ["kind", "Secret"], "is a Secret"],
  ];

  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await render("overlays/local");
  });

  test.each(planted)("%s, %s: %s", async (object, [path, value], finding) => {
    const changed = structuredClone(manifests);
    const target = changed.find(
      ({ kind, metadata }) => object === `${kind} ${metadata.name.replace(/-[a-z0-9]{10}$/, "")}`,
    );
    set(target, path.split("."), value);
    const findings = await checkManifests(changed);
    expect(findings.join("\n")).toContain(finding);
  });
});

test("a network policy that lets nothing in or out stands under all others", async () => {
  for (const overlay of overlays) {
    const policies = (await render(`overlays/${overlay}`)).filter(({ kind }) => kind === "NetworkPolicy");
    const all = policies.find(({ metadata }) => metadata.name === "default-deny");
    expect(all?.spec).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  }
});

function set(target: unknown, [key, ...rest]: readonly string[], value: unknown): void {
  if (typeof target !== "object" || target === null || key === undefined)
    throw new Error(`nothing to change at ${key}`);
  const record = target as Record<string, unknown>;
  if (rest.length > 0) set(record[key], rest, value);
  else if (value === undefined) delete record[key];
  else record[key] = value;
}
