import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFakeCluster, type FakeCluster } from "./fake-cluster.ts";
import { runScript } from "./run-script.ts";
import { type ServedApi, startServedApi } from "./start-served-api.ts";

// Each step starts a program or two.
vi.setConfig({ testTimeout: 180_000 });

const overlay = fileURLToPath(new URL("fixtures/overlay", import.meta.url));
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const apiImage = (letter: string) => `ghcr.io/example/support-it-agent-api@${digest(letter)}`;
const trainerImage = `ghcr.io/example/support-it-agent-trainer@${digest("f")}`;

let cluster: FakeCluster;
let api: ServedApi;

beforeEach(async () => {
  cluster = await createFakeCluster();
  // The bundle of an image is the letter that its digest is made of.
  api = await startServedApi(async () => (await cluster.serves())?.at(-1) ?? "");
});

afterEach(async () => {
  await api.close();
  await cluster.remove();
});

const deploy = (image: string, bundleHash: string, more: readonly string[] = []) =>
  runScript(
    "deploy",
    [
      ...[
        "--overlay",
        overlay,
        "--api-image",
        image,
        "--trainer-image",
        trainerImage,
        "--bundle-hash",
        bundleHash,
      ],
      ...["--url", api.url, "--patience-s", "1", ...more],
    ],
    { ...cluster.env, SUPPORT_IT_AGENT_KEY: "sita_test" },
  );

describe("happy", () => {
  test("a deployment applies the foundation, migrates, rolls out, asks, and changes the trainer last", async () => {
    const ended = await deploy(apiImage("a"), "a");
    expect(ended.stderr).toContain("Deployed");
    expect(ended.exitCode).toBe(0);
    const { applied } = await cluster.state();
    expect(applied).toEqual([
      "ConfigMap/api-config",
      "Service/api",
      "Job/migrate",
      "Deployment/api",
      "CronJob/trainer-cycle",
    ]);
    expect(api.asked.filter(({ path }) => path === "/version")).toHaveLength(5);
    expect(api.asked.at(-1)).toEqual({ path: "/ask", authorization: "Bearer sita_test" });
  });

  test("every apply is server-side with one field manager, and prunes nothing", async () => {
    await deploy(apiImage("a"), "a");
    const applies = (await cluster.calls()).filter(({ args }) => args[0] === "apply");
    expect(applies).toHaveLength(4);
    for (const { args } of applies) {
      expect(args).toContain("--server-side");
      expect(args).toContain("--field-manager=support-it-agent-deploy");
      expect(args.join(" ")).not.toContain("prune");
    }
  });

  test("an admin's objects are left to an admin, who asks for the whole overlay", async () => {
    await deploy(apiImage("a"), "a");
    expect((await cluster.state()).applied).not.toContain("NetworkPolicy/default-deny");
    await deploy(apiImage("a"), "a", ["--whole-overlay"]);
    expect((await cluster.state()).applied).toContain("NetworkPolicy/default-deny");
  });

  test("both images are deployed by digest, in the Job and the CronJob too", async () => {
    await deploy(apiImage("a"), "a");
    const input = (await cluster.calls()).map((call) => call.input).join("");
    expect(input.match(/"image":"[^"]+"/g)).toEqual([
      `"image":"${apiImage("a")}"`,
      `"image":"${apiImage("a")}"`,
      `"image":"${trainerImage}"`,
    ]);
  });

  test("the same digest again makes no new revision", async () => {
    await deploy(apiImage("a"), "a");
    const again = await deploy(apiImage("a"), "a");
    expect(again.exitCode).toBe(0);
    expect((await cluster.state()).revisions).toHaveLength(1);
  });

  test("the key is in no argument of kubectl and in nothing that is printed", async () => {
    const ended = await deploy(apiImage("a"), "a");
    expect(JSON.stringify([ended, await cluster.calls()])).not.toContain("sita_test");
  });
});

describe("undo", () => {
  test("a rollout that does not come up is undone to the revision before, and the trainer is left alone", async () => {
    await deploy(apiImage("a"), "a");
    await cluster.plan({
      migration: "Complete",
      fail: [{ call: "rollout status", times: 1, says: "error: timed out waiting for the condition" }],
    });
    const ended = await deploy(apiImage("b"), "b");
    expect(ended.exitCode).toBe(3);
    expect(ended.stderr).toContain(`Undone: ${apiImage("a")} serves again`);
    expect(await cluster.serves()).toBe(apiImage("a"));
    expect((await cluster.state()).applied.filter((name) => name.startsWith("CronJob"))).toHaveLength(1);
    const undone = (await cluster.calls()).slice(-2).map(({ args }) => args.slice(0, 2).join(" "));
    expect(undone).toEqual(["apply --server-side", "rollout status"]);
  });

  test("an API that serves another bundle than was deployed is undone", async () => {
    await deploy(apiImage("a"), "a");
    const ended = await deploy(apiImage("b"), "c");
    expect(ended.exitCode).toBe(3);
    expect(ended.stderr).toContain("serves the bundle b; c was deployed");
    expect(await cluster.serves()).toBe(apiImage("a"));
  });

  test("an undo that fails too says so with a code of its own", async () => {
    await deploy(apiImage("a"), "a");
    await cluster.plan({
      migration: "Complete",
      fail: [{ call: "rollout status", times: 2, says: "error: timed out waiting for the condition" }],
    });
    const ended = await deploy(apiImage("b"), "b");
    expect(ended.exitCode).toBe(4);
    expect(ended.stderr).toContain("The undo failed too");
  });

  test("a version that served before is not undone to an older one when the smoke test fails", async () => {
    await deploy(apiImage("a"), "a");
    await deploy(apiImage("b"), "b");
    const again = await deploy(apiImage("b"), "c");
    expect(again.exitCode).toBe(4);
    expect(again.stderr).toContain("nothing was undone");
    expect(await cluster.serves()).toBe(apiImage("b"));
  });

  test("a first deployment that fails has nothing to go back to, and says so", async () => {
    const ended = await deploy(apiImage("a"), "c");
    expect(ended.exitCode).toBe(4);
    expect(ended.stderr).toContain("there is nothing to go back to");
  });
});

describe("error", () => {
  test("a migration that fails leaves the API as it was, and its last lines are shown", async () => {
    await deploy(apiImage("a"), "a");
    await cluster.plan({ migration: "Failed" });
    const ended = await deploy(apiImage("b"), "b");
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain("the migration's last line");
    expect(await cluster.serves()).toBe(apiImage("a"));
  });

  test("a cluster that refuses an object ends the deployment before the migration, with what kubectl said", async () => {
    await cluster.plan({
      migration: "Complete",
      fail: [{ call: "apply", times: 1, says: 'services "api" is forbidden' }],
    });
    const ended = await deploy(apiImage("a"), "a");
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain('services "api" is forbidden');
    expect((await cluster.state()).applied).toEqual([]);
  });

  test("a trainer that cannot be applied is told as such: the API of this version serves, and the same again deploys the rest", async () => {
    const fail = [{ call: "apply", after: 3, times: 1, says: "error: timeout" }];
    await cluster.plan({ migration: "Complete", fail });
    const ended = await deploy(apiImage("a"), "a");
    expect(ended.exitCode).toBe(4);
    expect(ended.stderr).toMatch(/error: timeout\nThe API of this version serves.*deploy the same again/);
    expect(await cluster.serves()).toBe(apiImage("a"));
    expect((await deploy(apiImage("a"), "a")).exitCode).toBe(0);
    expect((await cluster.state()).applied.at(-1)).toBe("CronJob/trainer-cycle");
  });

  test.each([
    "ghcr.io/example/support-it-agent-api:latest",
    "ghcr.io/example/support-it-agent-api",
    `ghcr.io/example/support-it-agent-api:1.0@${digest("a")}`,
    `support-it-agent-api@${digest("a")}`,
    `ghcr.io/example/support-it-agent-api@sha256:${"a".repeat(63)}`,
  ])("%s is refused before the cluster is asked anything", async (image) => {
    const ended = await deploy(image, "a");
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain("is no image by digest");
    expect(await cluster.calls()).toEqual([]);
  });

  test("an option that is missing or unknown is named, beside the usage", async () => {
    const missing = await runScript("deploy", ["--api-image", apiImage("a")], cluster.env);
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain("Missing: --trainer-image");
    const unknown = await runScript("deploy", ["--tag", "latest"], cluster.env);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain("Usage: ./scripts/deploy");
  });
});
