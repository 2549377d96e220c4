import { z } from "zod";
import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";

/** The parts of pods that the checks look at, with Kubernetes' defaults where a manifest says nothing. */
export type PodSpec = z.infer<typeof podSpecSchema>;

export type Container = z.infer<typeof containerSchema>;

export type Probe = z.infer<typeof probeSchema>;

export type Pod = { readonly labels: Readonly<Record<string, string>>; readonly spec: PodSpec };

const optionalFlag = z.boolean().optional();
const quantities = z.record(z.string(), z.union([z.string(), z.number()])).default({});

const probeSchema = z.looseObject({
  httpGet: z.object({ path: z.string(), port: z.union([z.string(), z.number()]) }).optional(),
  timeoutSeconds: z.number().default(1),
  periodSeconds: z.number().default(10),
  failureThreshold: z.number().default(3),
});

const containerSchema = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  ports: z
    .array(
      z.object({ name: z.string().optional(), containerPort: z.number(), hostPort: z.number().optional() }),
    )
    .default([]),
  env: z
    .array(
      z.object({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z
          .object({
            secretKeyRef: z.object({ name: z.string(), key: z.string(), optional: optionalFlag }).optional(),
          })
          .optional(),
      }),
    )
    .default([]),
  envFrom: z
    .array(
      z.object({
        configMapRef: z.object({ name: z.string() }).optional(),
        secretRef: z.unknown().optional(),
      }),
    )
    .default([]),
  resources: z.object({ requests: quantities, limits: quantities }).default({ requests: {}, limits: {} }),
  securityContext: z
    .object({
      privileged: optionalFlag,
      allowPrivilegeEscalation: z.boolean().default(true),
      readOnlyRootFilesystem: z.boolean().default(false),
      runAsUser: z.number().optional(),
      runAsNonRoot: optionalFlag,
      capabilities: z
        .object({ drop: z.array(z.string()).default([]), add: z.array(z.string()).default([]) })
        .optional(),
    })
    .optional(),
  startupProbe: probeSchema.optional(),
  readinessProbe: probeSchema.optional(),
  livenessProbe: probeSchema.optional(),
  lifecycle: z
    .object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }).optional() })
    .optional(),
});

const podSpecSchema = z.looseObject({
  containers: z.array(containerSchema),
  initContainers: z.array(containerSchema).default([]),
  serviceAccountName: z.string().default("default"),
  automountServiceAccountToken: z.boolean().default(true),
  enableServiceLinks: z.boolean().default(true),
  terminationGracePeriodSeconds: z.number().default(30),
  restartPolicy: z.string().default("Always"),
  hostNetwork: optionalFlag,
  hostPID: optionalFlag,
  hostIPC: optionalFlag,
  securityContext: z
    .object({
      runAsNonRoot: optionalFlag,
      runAsUser: z.number().optional(),
      seccompProfile: z.object({ type: z.string() }).optional(),
    })
    .default({}),
  topologySpreadConstraints: z.array(z.looseObject({ topologyKey: z.string() })).default([]),
  volumes: z
    .array(
      z.looseObject({
        name: z.string(),
        emptyDir: z.object({ sizeLimit: z.string().optional() }).optional(),
        hostPath: z.unknown().optional(),
        configMap: z.object({ name: z.string() }).optional(),
        secret: z.object({ secretName: z.string() }).optional(),
        persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
      }),
    )
    .default([]),
});

const templateSchema = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }).default({ labels: {} }),
  spec: podSpecSchema,
});
const controllerSchema = z.object({ template: templateSchema });
const cronSchema = z.object({ jobTemplate: z.object({ spec: controllerSchema }) });

/** The pod that an object makes; undefined where it makes none. */
export function podOf(manifest: Manifest): Pod | undefined {
  if (manifest.kind === "Pod") {
    return { labels: manifest.metadata.labels, spec: podSpecSchema.parse(manifest.spec) };
  }
  const template = templateOf(manifest);
  return template && { labels: template.metadata.labels, spec: template.spec };
}

function templateOf({ kind, spec }: Manifest) {
  if (kind === "CronJob") return cronSchema.parse(spec).jobTemplate.spec.template;
  if (["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"].includes(kind)) {
    return controllerSchema.parse(spec).template;
  }
  return undefined;
}
