import { z } from "zod";
import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";
import { type Pod, podOf } from "./pod-of.ts";
import { nameOf } from "./render.ts";

const deploymentSchema = z.object({
  replicas: z.number().optional(),
  minReadySeconds: z.number().default(0),
  strategy: z
    .object({
      type: z.string().default("RollingUpdate"),
      rollingUpdate: z.object({ maxUnavailable: z.union([z.number(), z.string()]) }).optional(),
    })
    .optional(),
});

const jobSchema = z.object({
  backoffLimit: z.number().optional(),
  activeDeadlineSeconds: z.number().optional(),
  ttlSecondsAfterFinished: z.number().optional(),
  podFailurePolicy: z
    .object({
      rules: z.array(
        z.object({
          action: z.string(),
          onExitCodes: z.object({ operator: z.string(), values: z.array(z.number()) }).optional(),
          onPodConditions: z.array(z.object({ type: z.string(), status: z.string().optional() })).optional(),
        }),
      ),
    })
    .optional(),
});

const cronJobSchema = z.object({
  schedule: z.string(),
  timeZone: z.string().optional(),
  concurrencyPolicy: z.string().optional(),
  startingDeadlineSeconds: z.number().optional(),
  successfulJobsHistoryLimit: z.number().optional(),
  failedJobsHistoryLimit: z.number().optional(),
  jobTemplate: z.object({ spec: jobSchema }),
});

const sixHoursSeconds = 21_600;

/** How workloads roll out, end and repeat. `configOf` gives the settings of the pod's ConfigMaps. */
export function checkWorkload(
  manifest: Manifest,
  configOf: (pod: Pod) => Readonly<Record<string, string>>,
): string[] {
  const pod = podOf(manifest);
  const problems =
    manifest.kind === "Deployment" && manifest.metadata.name === "api" && pod
      ? apiProblems(deploymentSchema.parse(manifest.spec), pod, configOf(pod))
      : manifest.kind === "CronJob"
        ? cronJobProblems(manifest.metadata.name, cronJobSchema.parse(manifest.spec), pod)
        : manifest.kind === "Job"
          ? jobProblems(jobSchema.parse(manifest.spec), pod)
          : [];
  return problems.map((problem) => `${nameOf(manifest)}: ${problem}`);
}

/** A rollout in which no request fails, and a pod that ends only after its longest answer. */
function apiProblems(
  { replicas, minReadySeconds, strategy }: z.infer<typeof deploymentSchema>,
  { spec }: Pod,
  config: Readonly<Record<string, string>>,
): string[] {
  const [container] = spec.containers;
  const preStopMs = (container?.lifecycle?.preStop?.sleep.seconds ?? 0) * 1_000;
  const shutdownMs = Number(config.SHUTDOWN_DEADLINE_MS ?? 25_000);
  return stated([
    [replicas !== undefined, "holds a number of replicas, against its autoscaler's"],
    [
      strategy?.rollingUpdate?.maxUnavailable !== 0,
      "takes a pod away before its successor serves (maxUnavailable)",
    ],
    [minReadySeconds < 5, "counts a pod as ready at its first breath (minReadySeconds)"],
    [preStopMs < 5_000, "ends while requests still arrive (preStop)"],
    [
      shutdownMs < Number(config.ASK_DEADLINE_MS ?? 60_000),
      "cuts off answers that may still come (SHUTDOWN_DEADLINE_MS)",
    ],
    [
      spec.terminationGracePeriodSeconds * 1_000 <= preStopMs + shutdownMs,
      "is killed before it has ended (terminationGracePeriodSeconds)",
    ],
    [
      spec.topologySpreadConstraints.every(({ topologyKey }) => topologyKey !== "kubernetes.io/hostname"),
      "does not spread over nodes",
    ],
    [
      container?.readinessProbe?.httpGet?.path !== "/readyz",
      "is asked for readiness elsewhere than at /readyz",
    ],
    [container?.livenessProbe?.httpGet?.path !== "/livez", "is asked for life elsewhere than at /livez"],
  ]);
}

function cronJobProblems(name: string, spec: z.infer<typeof cronJobSchema>, pod: Pod | undefined): string[] {
  const job = spec.jobTemplate.spec;
  const rules = job.podFailurePolicy?.rules ?? [];
  return stated([
    [name.length > 52, "has a name that leaves no room for its Jobs'"],
    [spec.concurrencyPolicy !== "Forbid", "may run twice at once"],
    [!spec.timeZone, "runs by a clock that nobody named (timeZone)"],
    [/^0 /.test(spec.schedule), "starts with everybody else's, at the full hour"],
    [!spec.startingDeadlineSeconds, "has no startingDeadlineSeconds"],
    [!spec.successfulJobsHistoryLimit || !spec.failedJobsHistoryLimit, "has no limit of its history"],
    [
      !job.activeDeadlineSeconds || job.activeDeadlineSeconds >= sixHoursSeconds,
      "may hang into the next run (activeDeadlineSeconds)",
    ],
    [job.backoffLimit === undefined || job.backoffLimit > 2, "tries again more than twice"],
    [pod?.spec.restartPolicy !== "Never", "has a restartPolicy that forbids podFailurePolicy"],
    [
      !rules.some((rule) => rule.action === "FailJob" && rule.onExitCodes?.values.includes(2)),
      "asks again where a person has something to do (exit code 2)",
    ],
    [
      rules.some((rule) => rule.onPodConditions?.some(({ status }) => status !== "True")),
      "has an onPodConditions without status",
    ],
  ]);
}

function jobProblems(spec: z.infer<typeof jobSchema>, pod: Pod | undefined): string[] {
  return stated([
    [
      spec.ttlSecondsAfterFinished === undefined || spec.ttlSecondsAfterFinished > 300,
      "stays, so that the next version's cannot be applied (ttlSecondsAfterFinished)",
    ],
    [!spec.activeDeadlineSeconds, "may hang (activeDeadlineSeconds)"],
    [spec.backoffLimit === undefined, "says nothing of how often it tries (backoffLimit)"],
    [pod?.spec.restartPolicy !== "Never", "loses the log of a failure (restartPolicy)"],
  ]);
}

function stated(facts: readonly (readonly [boolean | undefined, string])[]): string[] {
  return facts.filter(([holds]) => holds).map(([, problem]) => problem);
}
