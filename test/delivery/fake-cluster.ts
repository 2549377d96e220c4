import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type Applied = {
  readonly apiVersion: string;
  readonly kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  readonly spec?: { template?: { spec: { containers: { image: string }[] } } };
};

/** What the stand-in holds: every object in the order it was applied, and the Deployment's revisions. */
export type ClusterState = {
  readonly applied: string[];
  readonly revisions: { revision: number; deployment: Applied }[];
};

/** How the stand-in answers: the migration's end, and calls (by what they begin with) that fail so many times, once so many have been let through. */
export type FakeScript = {
  migration: "Complete" | "Failed";
  fail?: { call: string; times: number; says: string; after?: number }[];
};

export type FakeCluster = {
  /** What KUBECTL names, and the environment that it needs. */
  readonly env: { readonly KUBECTL: string; readonly FAKE_KUBECTL: string };
  readonly calls: () => Promise<{ args: string[]; input: string }[]>;
  readonly state: () => Promise<ClusterState>;
  /** The image that serves, undefined before the first deployment. */
  readonly serves: () => Promise<string | undefined>;
  readonly plan: (script: FakeScript) => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** A stand-in for a cluster, reached by a stand-in for kubectl. Empty at first; everything works until `plan` says otherwise. */
export async function createFakeCluster(): Promise<FakeCluster> {
  const folder = await mkdtemp(join(tmpdir(), "fake-cluster-"));
  const file = (name: string) => join(folder, name);
  const state = async (): Promise<ClusterState> => JSON.parse(await readFile(file("cluster.json"), "utf8"));
  const plan = (script: FakeScript) => writeFile(file("script.json"), JSON.stringify(script));
  await writeFile(file("calls.jsonl"), "");
  await writeFile(
    file("cluster.json"),
    JSON.stringify({ applied: [], revisions: [] } satisfies ClusterState),
  );
  await plan({ migration: "Complete" });
  return {
    env: { KUBECTL: fileURLToPath(new URL("fake-kubectl.mjs", import.meta.url)), FAKE_KUBECTL: folder },
    calls: async () => {
      const lines = (await readFile(file("calls.jsonl"), "utf8")).split("\n").filter(Boolean);
      return lines.map((line) => JSON.parse(line));
    },
    state,
    serves: async () =>
      (await state()).revisions.at(-1)?.deployment.spec?.template?.spec.containers[0]?.image,
    plan,
    remove: () => rm(folder, { recursive: true }),
  };
}
