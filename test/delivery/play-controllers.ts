import { setTimeout as sleep } from "node:timers/promises";
import type { Kubectl } from "../../scripts/delivery/create-kubectl.ts";

/**
 * Where an API server stands alone, without the controllers and nodes of a cluster: reports Jobs as complete and Deployments as rolled out, and numbers
 * their revisions by ReplicaSets, as the real ones would. `broken` names images that never come up. Gives what ends it.
 */
export function playControllers(
  kubectl: Kubectl,
  namespace: string,
  broken: readonly string[],
): () => Promise<void> {
  let isOver = false;
  const place = `--namespace=${namespace}`;
  const read = async (what: string) =>
    JSON.parse(await kubectl.demand(["get", what, place, "--output=json"])).items;
  const patch = (what: string, body: unknown, ...more: string[]) =>
    kubectl.ask(["patch", what, place, "--type=merge", `--patch=${JSON.stringify(body)}`, ...more]);

  const endJobs = async () => {
    for (const { metadata, status } of await read("jobs.batch")) {
      if (status?.conditions?.length) continue;
      const at = new Date().toISOString();
      const conditions = ["SuccessCriteriaMet", "Complete"].map((type) => ({
        ...{ type, status: "True", lastTransitionTime: at, lastProbeTime: at },
      }));
      await patch(
        `job/${metadata.name}`,
        {
          status: {
            conditions,
            startTime: at,
            completionTime: at,
            succeeded: 1,
            uncountedTerminatedPods: {},
          },
        },
        "--subresource=status",
      );
    }
  };

  const rollOut = async () => {
    for (const { metadata, spec, status } of await read("deployments.apps")) {
      if (status?.observedGeneration === metadata.generation) continue;
      const sets = (await read("replicasets.apps")) as {
        metadata: { name: string; annotations: Record<string, string> };
        spec: { template: { spec: unknown } };
      }[];
      const numbers = sets.map((set) =>
        Number(set.metadata.annotations["deployment.kubernetes.io/revision"]),
      );
      const same = sets.find(
        (set) => JSON.stringify(set.spec.template.spec) === JSON.stringify(spec.template.spec),
      );
      const newest = Math.max(0, ...numbers);
      const number =
        same && Number(same.metadata.annotations["deployment.kubernetes.io/revision"]) === newest
          ? newest
          : newest + 1;
      const annotations = { ...metadata.annotations, "deployment.kubernetes.io/revision": String(number) };
      if (same) await patch(`replicaset/${same.metadata.name}`, { metadata: { annotations } });
      else {
        const labels = { ...spec.template.metadata.labels, "pod-template-hash": `h${number}` };
        const owner = {
          apiVersion: "apps/v1",
          kind: "Deployment",
          name: metadata.name,
          uid: metadata.uid,
          controller: true,
        };
        const set = {
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          metadata: {
            name: `${metadata.name}-${number}`,
            namespace,
            labels,
            annotations,
            ownerReferences: [owner],
          },
          spec: {
            replicas: 0,
            selector: { matchLabels: labels },
            template: { ...spec.template, metadata: { labels } },
          },
        };
        await kubectl.demand(["create", "--filename=-"], { input: JSON.stringify(set) });
      }
      await patch(`deployment/${metadata.name}`, { metadata: { annotations } });
      const isBroken = broken.some((image) => JSON.stringify(spec.template).includes(image));
      const replicas = spec.replicas ?? 1;
      const good = isBroken ? 0 : replicas;
      await patch(
        `deployment/${metadata.name}`,
        {
          status: {
            observedGeneration: metadata.generation,
            replicas,
            updatedReplicas: replicas,
            readyReplicas: good,
            availableReplicas: good,
            unavailableReplicas: replicas - good,
          },
        },
        "--subresource=status",
      );
    }
  };

  const playing = (async () => {
    while (!isOver) {
      await endJobs();
      await rollOut();
      await sleep(200);
    }
  })();
  return async () => {
    isOver = true;
    await playing;
  };
}
