import { z } from "zod";
import type { Kubectl } from "./create-kubectl.ts";
import { DeliveryError } from "./delivery-error.ts";
import { migrateSchema } from "./migrate-schema.ts";
import type { Manifest } from "./parse-manifests.ts";
import { type ApiRevision, readApiRevision } from "./read-api-revision.ts";
import { type Images, renderOverlay } from "./render-overlay.ts";

export type Deployment = {
  readonly overlayFolder: string;
  readonly images: Images;
  /** Also what is labelled for an admin: policies, service accounts, the database of a node that has none. A deployer may not. */
  readonly isWhole: boolean;
  /** For people: what `kubectl rollout history` shows of this rollout. */
  readonly cause: string;
  readonly rolloutTimeoutSeconds: number;
  readonly migrationTimeoutMs: number;
};

export type DeployDeps = {
  readonly kubectl: Kubectl;
  /** Asks what serves now. Rejects where the answer is not the one of the version that is deployed. */
  readonly smokeTest: () => Promise<void>;
  readonly log: (line: string) => void;
  /** Between two looks at the migration; what a test shortens. */
  readonly pollMs?: number;
};

/** One manager of fields from the first day on: another one would leave fields behind that nobody owns. */
const applyArgs = ["apply", "--server-side", "--force-conflicts", "--field-manager=support-it-agent-deploy"];

/**
 * Brings an overlay into the cluster: what the workloads stand on, the migration, the API, a question to it, and only then the trainer. Applying the
 * same again changes nothing. Nothing is pruned: an undo needs the settings of the version before. Rejects with DeliveryError, whose
 * exitCode says whether the version before serves (1, 2 and 3) or a person is needed (4).
 */
export async function deploy(wanted: Deployment, deps: DeployDeps): Promise<void> {
  const { kubectl, smokeTest, log } = deps;
  log(`Rendering ${wanted.overlayFolder}`);
  const manifests = await renderOverlay(kubectl, wanted.overlayFolder, wanted.images, wanted.cause);
  const { foundation, migration, api, trainer, namespace } = sortManifests(
    manifests.filter((manifest) => wanted.isWhole || isOfRollout(manifest)),
  );
  const before = await readApiRevision(kubectl, namespace);
  log(
    before ? `Revision ${before.revision} serves: ${before.image}` : "Nothing serves yet: a first deployment",
  );

  log(`Applying ${foundation.length} objects that the workloads stand on`);
  await apply(kubectl, foundation);
  log("Migrating the schema");
  await migrateSchema(kubectl, migration, {
    namespace,
    apply: (manifest) => apply(kubectl, [manifest]),
    timeoutMs: wanted.migrationTimeoutMs,
    ...(deps.pollMs ? { pollMs: deps.pollMs } : {}),
  });

  log(`Rolling out ${wanted.images.api.name}@${wanted.images.api.digest}`);
  await apply(kubectl, [api]);
  try {
    await waitForRollout(kubectl, namespace, wanted.rolloutTimeoutSeconds);
    log("Asking what serves");
    await smokeTest();
  } catch (error) {
    await undo(before, api, error, wanted, deps);
  }

  log(`Applying ${trainer.length} objects of the trainer`);
  await apply(kubectl, trainer).catch((error: unknown) => {
    throw new DeliveryError(
      4,
      `${error instanceof Error ? error.message : error}\nThe API of this version serves, and the trainer is the one of before: deploy the same again.`,
      { cause: error },
    );
  });
  log("Deployed");
}

/** The label of infra/k3s that tells what a deployer applies from what an admin does. */
function isOfRollout({ metadata }: Manifest): boolean {
  return metadata.labels["support-it-agent/applied-by"] === "rollout";
}

function sortManifests(manifests: readonly Manifest[]) {
  const is = (kind: string, name?: string) => (manifest: Manifest) =>
    manifest.kind === kind && (name === undefined || manifest.metadata.name === name);
  const migration = manifests.find(is("Job", "migrate"));
  const api = manifests.find(is("Deployment", "api"));
  const namespace = api?.metadata.namespace;
  if (!migration || !api || !namespace) {
    throw new DeliveryError(
      2,
      "The overlay must hold a Deployment called api and a Job called migrate, in a namespace and labelled support-it-agent/applied-by: rollout. One of them is missing.",
    );
  }
  const trainer = manifests.filter(is("CronJob"));
  const foundation = manifests.filter(
    (manifest) => manifest !== migration && manifest !== api && !trainer.includes(manifest),
  );
  return { foundation, migration, api, trainer, namespace };
}

async function apply(kubectl: Kubectl, items: readonly Manifest[]): Promise<void> {
  if (items.length === 0) return;
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await kubectl.demand([...applyArgs, "--filename=-"], { input });
}

async function waitForRollout(kubectl: Kubectl, namespace: string, timeoutSeconds: number): Promise<void> {
  const args = [
    "rollout",
    "status",
    "deployment/api",
    `--namespace=${namespace}`,
    `--timeout=${timeoutSeconds}s`,
  ];
  await kubectl.demand(args, { timeoutMs: (timeoutSeconds + 60) * 1_000 });
}

/**
 * Applies the Deployment as it was. Not "rollout undo": that writes under another manager's name what the version before had and this one has not, and no later apply
 * would ever take it away again. Always throws: with 3 where the version before serves again, with 4 where it does not.
 */
async function undo(
  before: ApiRevision | undefined,
  api: Manifest,
  reason: unknown,
  { rolloutTimeoutSeconds }: Deployment,
  { kubectl, log }: DeployDeps,
): Promise<never> {
  const namespace = api.metadata.namespace ?? "";
  const said = reason instanceof Error ? reason.message : String(reason);
  log(`Not good: ${said}`);
  const after = await readApiRevision(kubectl, namespace).catch(() => undefined);
  if (!before)
    throw new DeliveryError(4, `${said}\nThis was the first deployment: there is nothing to go back to.`);
  if (after?.revision === before.revision) {
    throw new DeliveryError(
      4,
      `${said}\nThis version served before as well, so nothing was undone: look at the pods, the database and the network.`,
    );
  }
  log(`Undoing: back to ${before.image}`);
  try {
    await apply(kubectl, [withoutForeignReplicas(before.manifest, api)]);
    await waitForRollout(kubectl, namespace, rolloutTimeoutSeconds);
  } catch (error) {
    throw new DeliveryError(
      4,
      `${said}\nThe undo failed too: ${error instanceof Error ? error.message : error}\n` +
        `Look at "kubectl --namespace ${namespace} get pods" now.`,
      { cause: error },
    );
  }
  throw new DeliveryError(
    3,
    `${said}\nUndone: ${before.image} serves again. The trainer and main were left as they are.`,
  );
}

/** How many pods there are is a HorizontalPodAutoscaler's to say where the overlay does not. */
function withoutForeignReplicas({ spec, ...manifest }: ApiRevision["manifest"], api: Manifest): Manifest {
  const { replicas, ...rest } = spec;
  const isOurs = "replicas" in z.looseObject({}).parse(api.spec);
  return { ...manifest, spec: isOurs ? { replicas, ...rest } : rest };
}
