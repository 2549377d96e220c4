import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";
import { deployerTable } from "./deployer-table.ts";
import { ensureKubectl } from "./ensure-kubectl.ts";
import { nameOf, overlays, render } from "./render.ts";

const roleSchema = z.object({
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      resourceNames: z.array(z.string()).optional(),
      verbs: z.array(z.string()),
    }),
  ),
});

const resources: Readonly<Record<string, string>> = {
  ConfigMap: "configmaps",
  Service: "services",
  ServiceAccount: "serviceaccounts",
  PersistentVolumeClaim: "persistentvolumeclaims",
  Deployment: "apps/deployments",
  StatefulSet: "apps/statefulsets",
  CronJob: "batch/cronjobs",
  Job: "batch/jobs",
  HorizontalPodAutoscaler: "autoscaling/horizontalpodautoscalers",
  PodDisruptionBudget: "policy/poddisruptionbudgets",
  NetworkPolicy: "networking.k8s.io/networkpolicies",
  Ingress: "networking.k8s.io/ingresses",
};

let rules: z.infer<typeof roleSchema>["rules"];

beforeAll(async () => {
  await ensureKubectl();
  const bootstrap = await render("bootstrap");
  expect(bootstrap.filter(({ kind }) => /Role$/.test(kind)).map(nameOf)).toEqual(["Role deployer"]);
  rules = roleSchema.parse(bootstrap.find(({ kind }) => kind === "Role")).rules;
}, 300_000);

test("the deployer may apply every object of a rollout, in every overlay", async () => {
  for (const overlay of overlays) {
    const refused = objectsOf(await render(`overlays/${overlay}`), "rollout").flatMap(({ resource, name }) =>
      // Applying on the server is a patch, and a create where there is none; it is read before.
      ["get", "create", "patch"]
        .filter((verb) => !can(verb, resource, name))
        .map((verb) => `${verb} ${resource} ${name}`),
    );
    expect(refused).toEqual([]);
  }
});

test("of what an admin applies, the deployer may change nothing but ConfigMaps, whose names change", async () => {
  for (const overlay of overlays) {
    const allowed = objectsOf(await render(`overlays/${overlay}`), "admin").filter(
      ({ resource, name }) =>
        can("patch", resource, name) || can("update", resource, name) || can("delete", resource, name),
    );
    expect(allowed.filter(({ resource }) => resource !== "configmaps")).toEqual([]);
  }
});

describe("the table of least privilege", () => {
  test.each(deployerTable)("%s %s %s: %s", (verb, resource, name, isAllowed) => {
    expect(can(verb, resource, name)).toBe(isAllowed);
  });

  test("no rule has a wildcard", () => {
    expect(JSON.stringify(rules)).not.toContain("*");
  });
});

function objectsOf(manifests: readonly Manifest[], appliedBy: string) {
  return manifests
    .filter(({ metadata }) => metadata.labels["support-it-agent/applied-by"] === appliedBy)
    .map(({ kind, metadata }) => {
      const resource = resources[kind];
      if (!resource) throw new Error(`no resource is known for the kind ${kind}`);
      return { resource, name: metadata.name };
    });
}

/** As RBAC decides: a rule of the group, the resource and the verb, of any name or of this one. "apps/deployments" names the group; core has none. */
function can(verb: string, resource: string, name: string): boolean {
  const parts = resource.split("/");
  const isCore = !["apps", "batch", "autoscaling", "policy"].includes(parts[0]!) && !parts[0]!.includes(".");
  const group = isCore ? "" : parts[0]!;
  const plain = isCore ? resource : parts.slice(1).join("/");
  return rules.some(
    (rule) =>
      rule.apiGroups.includes(group) &&
      rule.resources.includes(plain) &&
      rule.verbs.includes(verb) &&
      (rule.resourceNames === undefined || (verb !== "create" && rule.resourceNames.includes(name))),
  );
}
