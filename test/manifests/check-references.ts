import { z } from "zod";
import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";
import { isSecret } from "./check-pod.ts";
import { type Pod, podOf } from "./pod-of.ts";
import { nameOf } from "./render.ts";

const selectorSchema = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.literal("In"), values: z.array(z.string()) }))
    .default([]),
});
type Selector = z.infer<typeof selectorSchema>;

const portSchema = z.object({ port: z.union([z.string(), z.number()]) });
const serviceSchema = z.object({
  selector: z.record(z.string(), z.string()),
  ports: z.array(
    z.object({ targetPort: z.union([z.string(), z.number()]), nodePort: z.number().optional() }),
  ),
});
const networkPolicySchema = z.object({
  podSelector: selectorSchema,
  ingress: z.array(z.object({ ports: z.array(portSchema).default([]) })).default([]),
});
const budgetSchema = z.object({ selector: selectorSchema });
const scalerSchema = z.object({
  scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
  minReplicas: z.number(),
});
const configMapSchema = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** What objects say of each other: names that nothing bears, selectors that select nothing, settings that are secrets. */
export function checkReferences(
  manifests: readonly Manifest[],
  secrets: Readonly<Record<string, readonly string[]>>,
): string[] {
  const pods = manifests.map(podOf).filter((pod) => pod !== undefined);
  const has = (kind: string, name: string) =>
    manifests.some((one) => one.kind === kind && one.metadata.name === name);
  const hasSecret = (name: string, key?: string) =>
    secrets[name] !== undefined && (key === undefined || secrets[name].includes(key));
  return manifests.flatMap((manifest) =>
    [
      ...(manifest.kind === "Secret" ? ["is a Secret: those are made in the cluster"] : []),
      ...(["admin", "rollout"].includes(manifest.metadata.labels["support-it-agent/applied-by"] ?? "")
        ? []
        : ["does not say who applies it (label support-it-agent/applied-by)"]),
      ...(manifest.metadata.namespace === "support-it-agent"
        ? []
        : ["is not in the namespace support-it-agent"]),
      ...referenceProblems(podOf(manifest), has, hasSecret),
      ...selectorProblems(manifest, pods, has),
    ].map((problem) => `${nameOf(manifest)}: ${problem}`),
  );
}

function referenceProblems(
  pod: Pod | undefined,
  has: (kind: string, name: string) => boolean,
  hasSecret: (name: string, key?: string) => boolean,
): string[] {
  if (!pod) return [];
  const { spec } = pod;
  const containers = [...spec.initContainers, ...spec.containers];
  const configMaps = [
    ...containers.flatMap(({ envFrom }) => envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? [])),
    ...spec.volumes.flatMap(({ configMap }) => configMap?.name ?? []),
  ];
  const claims = spec.volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
  const keys = containers.flatMap(({ env }) => env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []));
  const mounted = spec.volumes.flatMap(({ secret }) => secret?.secretName ?? []);
  return [
    ...(has("ServiceAccount", spec.serviceAccountName)
      ? []
      : [`runs as ${spec.serviceAccountName}, an account that there is not`]),
    ...configMaps
      .filter((name) => !has("ConfigMap", name))
      .map((name) => `reads a ConfigMap ${name} that there is not`),
    ...claims
      .filter((name) => !has("PersistentVolumeClaim", name))
      .map((name) => `mounts a claim ${name} that there is not`),
    ...keys
      .filter(({ name, key }) => !hasSecret(name, key))
      .map(({ name, key }) => `reads ${key} of a Secret ${name} that bootstrap/secrets does not name`),
    ...mounted
      .filter((name) => !hasSecret(name))
      .map((name) => `mounts a Secret ${name} that bootstrap/secrets does not name`),
  ];
}

function selectorProblems(
  manifest: Manifest,
  pods: readonly Pod[],
  has: (kind: string, name: string) => boolean,
): string[] {
  const portsOf = (selected: readonly Pod[]) =>
    new Set(
      selected.flatMap(({ spec }) => spec.containers.flatMap(({ ports }) => ports.map(({ name }) => name))),
    );
  if (manifest.kind === "Service") {
    const { selector, ports } = serviceSchema.parse(manifest.spec);
    const selected = pods.filter((pod) => matches({ matchLabels: selector, matchExpressions: [] }, pod));
    const known = portsOf(selected);
    return [
      ...(selected.length > 0 ? [] : ["selects no pod"]),
      ...ports
        .filter(({ targetPort }) => !known.has(String(targetPort)))
        .map(({ targetPort }) => `leads to a port ${targetPort} that no pod of its has`),
      ...ports
        .filter(({ nodePort }) => nodePort !== undefined && (nodePort < 30_000 || nodePort > 32_767))
        .map(({ nodePort }) => `wants node port ${nodePort}, outside 30000-32767`),
    ];
  }
  if (manifest.kind === "NetworkPolicy") {
    const { podSelector, ingress } = networkPolicySchema.parse(manifest.spec);
    const selected = pods.filter((pod) => matches(podSelector, pod));
    const known = portsOf(selected);
    const named = ingress
      .flatMap(({ ports }) => ports.map(({ port }) => port))
      .filter((port) => typeof port === "string");
    return [
      ...(selected.length > 0 ? [] : ["selects no pod"]),
      ...named
        .filter((port) => !known.has(port))
        .map((port) => `opens a port ${port} that no pod of its has`),
    ];
  }
  if (manifest.kind === "PodDisruptionBudget") {
    const { selector } = budgetSchema.parse(manifest.spec);
    return pods.some((pod) => matches(selector, pod)) ? [] : ["selects no pod"];
  }
  if (manifest.kind === "HorizontalPodAutoscaler") {
    const { scaleTargetRef, minReplicas } = scalerSchema.parse(manifest.spec);
    return [
      ...(has(scaleTargetRef.kind, scaleTargetRef.name) ? [] : ["scales what there is not"]),
      ...(minReplicas < 2 ? ["lets one pod be all there is"] : []),
    ];
  }
  if (manifest.kind === "ConfigMap") {
    return Object.entries(configMapSchema.parse(manifest).data)
      .filter(([name, value]) => isSecret(name, value))
      .map(([name]) => `holds the secret ${name} as text`);
  }
  return [];
}

function matches({ matchLabels, matchExpressions }: Selector, { labels }: Pod): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ""))
  );
}
