import { beforeAll, expect, test } from "vitest";
import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";
import { ensureKubectl } from "./ensure-kubectl.ts";
import { podOf } from "./pod-of.ts";
import { nameOf, render } from "./render.ts";

beforeAll(() => ensureKubectl(), 300_000);

/** The node of docs/operations.md, less what k3s-server/config.yaml keeps for the system, what its own pods request, and what the kubelet must keep free. */
const room = { milliCores: 2_000 - 200 - 300, mebibytes: 8 * 1024 - 512 - 300 - 200 };

test("a node of two cores and 8 GB has room for a rollout while the trainer runs: it is the trainer that waits for it", async () => {
  const manifests = await render("overlays/local");
  // Two API pods and the one more of a rollout, the migration before it, and everything else once.
  const counts = (manifest: Manifest) => (nameOf(manifest) === "Deployment api" ? 3 : 1);
  const requests = manifests.flatMap((manifest) => {
    const containers = podOf(manifest)?.spec.containers ?? [];
    return containers.map(({ resources }) => ({ count: counts(manifest), requested: resources.requests }));
  });
  const sum = (what: "cpu" | "memory") =>
    requests.reduce((total, { count, requested }) => total + count * amount(String(requested[what])), 0);
  expect(sum("cpu")).toBeLessThanOrEqual(room.milliCores);
  expect(sum("memory")).toBeLessThanOrEqual(room.mebibytes);
});

/** Thousandths of a core, or mebibytes. */
function amount(quantity: string): number {
  const [, number = "", unit = ""] = /^(\d+)(m|Mi|Gi|)$/.exec(quantity) ?? [];
  const factors: Readonly<Record<string, number>> = { m: 1, "": 1_000, Mi: 1, Gi: 1_024 };
  if (number === "") throw new Error(`${quantity} is no quantity that is known here`);
  return Number(number) * (factors[unit] ?? 1);
}
