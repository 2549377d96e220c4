import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";
import { type Container, type PodSpec, podOf } from "./pod-of.ts";
import { nameOf } from "./render.ts";

/** Names of ours that stand for an image until somebody says which: the image policy refuses them like that. */
const unsetImages = /^ghcr\.io\/OWNER\/support-it-agent-(api|trainer)$/;

const secretName = /(TOKEN|PASSWORD|SECRET|CREDENTIAL|_KEY)/;

/** What an object's pods have that they must not, or lack: Pod Security "restricted", and what goes beyond it. */
export function checkPod(manifest: Manifest): string[] {
  const pod = podOf(manifest);
  if (!pod) return [];
  const containers = [...pod.spec.initContainers, ...pod.spec.containers];
  return [
    ...podProblems(pod.spec),
    ...containers.flatMap((container) =>
      containerProblems(container, pod.spec).map((problem) => `container ${container.name}: ${problem}`),
    ),
    ...(["Deployment", "StatefulSet", "DaemonSet"].includes(manifest.kind)
      ? pod.spec.containers.flatMap(probeProblems)
      : []),
  ].map((problem) => `${nameOf(manifest)}: ${problem}`);
}

function podProblems(spec: PodSpec): string[] {
  const { securityContext, volumes } = spec;
  return stated([
    [spec.serviceAccountName === "default", "runs as the account default"],
    [spec.automountServiceAccountToken, "mounts a token of the API server"],
    [spec.enableServiceLinks, "gets every Service's address in its environment (enableServiceLinks)"],
    [spec.hostNetwork || spec.hostPID || spec.hostIPC, "shares the node's network, processes or IPC"],
    [securityContext.runAsNonRoot !== true, "may run as root (runAsNonRoot)"],
    [!securityContext.runAsUser, "names no user (runAsUser)"],
    [securityContext.seccompProfile?.type !== "RuntimeDefault", "has no seccomp profile"],
    ...volumes.map(
      ({ name, hostPath }) => [hostPath !== undefined, `mounts the node's disk (volume ${name})`] as const,
    ),
    ...volumes.map(
      ({ name, emptyDir }) =>
        [
          emptyDir !== undefined && !emptyDir.sizeLimit,
          `may fill the node's disk (volume ${name} has no sizeLimit)`,
        ] as const,
    ),
  ]);
}

function containerProblems(container: Container, spec: PodSpec): string[] {
  const { image, securityContext: own, resources, ports, env, envFrom } = container;
  const pinned = /^[^@]+@sha256:[0-9a-f]{64}$/.test(image);
  return stated([
    [!pinned && !unsetImages.test(image), `image ${image} has no digest`],
    [own?.allowPrivilegeEscalation !== false, "may gain privileges (allowPrivilegeEscalation)"],
    [own?.privileged === true, "is privileged"],
    [own?.readOnlyRootFilesystem !== true, "may write to its image (readOnlyRootFilesystem)"],
    [!own?.capabilities?.drop.includes("ALL"), "keeps capabilities"],
    [(own?.capabilities?.add.length ?? 0) > 0, "adds capabilities"],
    [own?.runAsUser === 0 || own?.runAsNonRoot === false, "runs as root against its pod's word"],
    ...["cpu", "memory", "ephemeral-storage"].flatMap((what) => [
      [resources.requests[what] === undefined, `requests no ${what}`] as const,
      [resources.limits[what] === undefined, `has no limit of ${what}`] as const,
    ]),
    ...ports.map(
      ({ name, hostPort }) =>
        [!name || hostPort !== undefined, "has a port without a name, or one of the node"] as const,
    ),
    ...env.map(
      ({ name, value }) =>
        [value !== undefined && isSecret(name, value), `holds the secret ${name} as text`] as const,
    ),
    [envFrom.some(({ secretRef }) => secretRef !== undefined), "takes a whole Secret as environment"],
    [spec.restartPolicy === "OnFailure", "restarts in place: the log of what failed is gone"],
  ]);
}

/** Long-running ones say when they have started, when they may be asked, and when they hang. */
function probeProblems(container: Container): string[] {
  const names = container.ports.map(({ name }) => name);
  return (["startupProbe", "readinessProbe", "livenessProbe"] as const).flatMap((kind) => {
    const probe = container[kind];
    if (!probe) return [`container ${container.name}: has no ${kind}`];
    const port = probe.httpGet?.port;
    return port === undefined || names.includes(String(port))
      ? []
      : [`container ${container.name}: ${kind} asks a port ${port} that it does not have`];
  });
}

/** By its name, or because it is an address with a password. Where a secret is mounted is none. */
export function isSecret(name: string, value: string): boolean {
  if (value === "" || /^\/run\/secrets\/[\w/-]+$/.test(value)) return false;
  return secretName.test(name) || /:\/\/[^/@\s]+:[^/@\s]+@/.test(value);
}

function stated(facts: readonly (readonly [boolean | undefined, string])[]): string[] {
  return facts.filter(([holds]) => holds).map(([, problem]) => problem);
}
