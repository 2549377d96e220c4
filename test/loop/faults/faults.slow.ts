// What is around a cycle fails: each failure leaves a decision that says what happened and what to do, and the next run makes good for it.
// Everything is real; only the training itself takes seconds.
import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runCommand } from "../../http/run-command.ts";
import { startFaultyProxy } from "../../publish/start-faulty-proxy.ts";
import { freePort } from "../../training/start-program.ts";
import { startGithub } from "../start-github.ts";
import { checkAgreement } from "./check-agreement.ts";
import { type CycleRun, type Desk, foundQuickCompany, type QuickCompany } from "./found-quick-company.ts";
import { killAtStep } from "./hold-step.ts";
import { pushAsColleague } from "./push-as-colleague.ts";
import { runUntilSettled } from "./run-until-settled.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

let quick: QuickCompany;
/** Its training comes to the stage "publish" next. */
let trained: Desk;

beforeAll(async () => {
  quick = await foundQuickCompany();
  trained = await quick.openDesk("trained");
  await killAtStep(trained, "move to publish", { commits: true });
  await trained.letTimePass();
});
afterAll(() => quick?.close());

describe("MLflow", () => {
  const without = (why: unknown) => ({ mlflow: { runId: null, why } });
  const why = expect.stringContaining("Once the store answers: node trainer/src/cli.ts log-run");
  let untracked: Desk;

  test("away for the whole of it: the model is published, and the facts say why there is no run", async () => {
    untracked = await quick.openDesk("untracked");
    untracked.env.MLFLOW_TRACKING_URI = await deadUrl();
    await killAtStep(untracked, "move to publish", { commits: true });
    await untracked.letTimePass();
    const desk = await quick.openDesk("no_mlflow", untracked);
    desk.env.MLFLOW_TRACKING_URI = untracked.env.MLFLOW_TRACKING_URI ?? "";
    await expectPublished(desk, await desk.cycle());
    const [training] = await desk.trainings();
    expect(training?.facts).toMatchObject({ train: without(why), publish: without(why) });
  });

  test("away while the candidate was trained: publish makes good for it", async () => {
    const desk = await quick.openDesk("late_mlflow", untracked);
    await expectPublished(desk, await desk.cycle());
    const [training] = await desk.trainings();
    expect(training?.facts.train).toMatchObject(without(why));
    expect(training?.facts.publish.mlflow).toMatchObject({ runId: expect.any(String), why: null });
  });
});

describe("the storage", () => {
  test("away: nothing is published, and the next run does it", async () => {
    const desk = await quick.openDesk("no_s3", trained);
    const failed = await desk.cycle({ env: { AWS_ENDPOINT_URL: await deadUrl() } });
    await expectFailed(desk, failed, 1, /The DVC remote could not be asked.*run this again/s);
    expect(await commitsOn(desk)).toBe(1);
    await expectPublished(desk, await desk.cycle());
  });

  test("refusing half of the objects: the message counts them, nothing is published, and the next run sends what is missing", async () => {
    const desk = await quick.openDesk("half_s3", trained);
    const proxy = await startFaultyProxy(quick.s3.url);
    proxy.refuse = (method, path) =>
      method === "PUT" && /[02468ace](\.dir)?(\?|$)/.test(path) ? 403 : undefined;
    const failed = await desk.cycle({ env: { AWS_ENDPOINT_URL: proxy.url } });
    await proxy.stop();
    await expectFailed(desk, failed, 1, /does not hold \d+ of \d+ objects after dvc push.*Push again/s);
    expect(proxy.refused.length).toBeGreaterThan(0);
    expect(await commitsOn(desk)).toBe(1);
    await expectPublished(desk, await desk.cycle());
  });
});

describe("the git remote", () => {
  test("ahead by a commit that is not about models: the model goes on top of it", async () => {
    const desk = await quick.openDesk("ahead", trained);
    const theirs = await pushAsColleague(
      desk,
      { "docs/holidays.md": "Closed in August.\n" },
      "Say when we are away",
    );
    await expectPublished(desk, await desk.cycle());
    expect(await desk.git("rev-parse", "main~1")).toBe(theirs);
  });

  test("ahead by another model: the training ends as overtaken, and names it", async () => {
    const other = await quick.openDesk("other", trained);
    await other.cycle();
    const desk = await quick.openDesk("overtaken", trained);
    const paths = [
      "dvc.lock",
      "data/current/snapshot.dvc",
      "models/current.card.md",
      "models/current.metrics.json",
    ];
    const files = Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path, `${await other.git("show", `main:${path}`)}\n`])),
    );
    for (const key of await quick.s3.keys(`${other.prefix}/`)) {
      const content = await (await quick.s3.request(`/${key}`)).arrayBuffer();
      await quick.s3.request(`/${key.replace(other.prefix, desk.prefix)}`, "PUT", content);
    }
    const theirs = await pushAsColleague(desk, files, "Publish a model by hand");
    const run = await desk.cycle({ args: [] });
    expect(run.code, run.stderr).toBe(0);
    expect(await desk.trainings()).toMatchObject([{ stage: "ended", outcome: "abandoned" }]);
    const last = (await desk.decisions()).find(({ reasonCode }) => reasonCode === "overtaken");
    expect(last?.reason).toMatch(
      /has changed what it publishes: model 2026\S+ now, by A colleague in [0-9a-f]{12}/,
    );
    expect(await desk.git("rev-parse", "main")).toBe(theirs);
    expect(await checkAgreement(desk)).toEqual([]);
  });

  test("refusing the push: what it says is in the decision; after three tries the training is given up, and nothing is on the branch", async () => {
    const desk = await quick.openDesk("refusing", trained);
    const hook = join(desk.origin, "hooks/pre-receive");
    await writeFile(hook, "#!/bin/sh\necho 'No pushes on Fridays.' >&2\nexit 1\n");
    await chmod(hook, 0o755);
    const refused = await quick.openDesk("refused_once", trained);
    await writeFile(join(refused.origin, "hooks/pre-receive"), "#!/bin/sh\nexit 1\n");
    await chmod(join(refused.origin, "hooks/pre-receive"), 0o755);
    const once = await refused.cycle();
    await expectFailed(refused, once, 2, /refuses a push to main.*Let the trainer's deploy key/s);
    await rm(join(refused.origin, "hooks/pre-receive"));
    await expectPublished(refused, await refused.cycle());

    let run = await desk.cycle({ args: [] });
    await expectFailed(desk, run, 2, /No pushes on Fridays/);
    while (run.code !== 0) run = await desk.cycle({ args: [] });
    expect(await desk.trainings()).toMatchObject([{ stage: "ended", outcome: "abandoned" }]);
    const own = (await desk.decisions()).filter(({ cycleId }) => cycleId !== null);
    const reasons = own.map(({ reasonCode }) => reasonCode);
    expect(reasons.slice(-4)).toEqual(["stage_failed", "stage_failed", "stage_failed", "abandoned"]);
    expect(own.at(-1)?.reason).toContain('The stage "publish" was begun 3 times');
    expect(await commitsOn(desk)).toBe(1);
    expect(await checkAgreement(desk)).toEqual([]);
  });
});

describe("GitHub's API", () => {
  const github = (url: string) => ({
    GITHUB_REPOSITORY: "example/desk",
    GITHUB_TOKEN: "token-that-is-in-no-file",
    GITHUB_API_URL: url,
  });

  test("away after the push: the next run finds the commit, and the workflow", async () => {
    const desk = await quick.openDesk("no_github", trained);
    const failed = await desk.cycle({ env: github(await deadUrl()) });
    await expectFailed(desk, failed, 1, /is on the branch|run this again/);
    expect(await commitsOn(desk)).toBe(2);
    const api = await startGithub();
    api.started.add(await desk.git("rev-parse", "main"));
    await expectPublished(desk, await desk.cycle({ env: github(api.url) }));
    await api.stop();
    const [training] = await desk.trainings();
    expect(training?.facts.publish.workflow).toMatchObject({ outcome: "running" });
    expect(await commitsOn(desk)).toBe(2);
  });

  test("away for good: a model that is on the branch is not given up, but confirmed and watched", async () => {
    const desk = await quick.openDesk("github_gone", trained);
    const env = github(await deadUrl());
    for (let attempt = 1; attempt <= 3; attempt += 1)
      await expectFailed(desk, await desk.cycle({ args: [], env }), 1, /run this again/);
    const run = await desk.cycle({ args: [], env });
    expect(run.reasons, run.stderr).toEqual(["published", "waiting_for_rollout"]);
    await expectPublished(desk, run);
  });
});

describe("a person", () => {
  test("takes the model back while it is watched: the training ends as rolled back, and says why", async () => {
    const desk = await quick.openDesk("by_hand", trained);
    await expectPublished(desk, await desk.cycle());
    const [starter] = await desk.database.rows(
      sql`select bundle_hash as hash, model_version as version from model_deployments where serving`,
    );
    const [training] = await desk.trainings();
    const { bundleHash: hash, bundleVersion: version } = training?.facts.train ?? {};
    await desk.serve({ hash, version });
    await killAtStep(desk, "attempt at watch", { commits: true, args: [] });
    await desk.letTimePass();
    const why = "It confuses printers with scanners.";
    const rollback = await runCommand(
      "scripts/rollback.ts",
      ["--reason", why],
      desk.env,
      "",
      quick.company.image,
    );
    expect(rollback.code, rollback.stderr).toBe(0);
    await desk.serve({ hash: String(starter?.hash), version: String(starter?.version) });
    const run = await desk.cycle({ args: [] });
    expect(run.reasons[0], run.stderr).toBe("rolled_back");
    expect(await desk.trainings()).toMatchObject([{ stage: "ended", outcome: "rolled_back" }]);
    const own = (await desk.decisions()).filter(({ cycleId }) => cycleId === training?.id);
    expect(own.at(-1)?.reason).toContain(why);
    expect(await commitsOn(desk)).toBe(3);
    expect(await checkAgreement(desk)).toEqual([]);
  });
});

describe("clocks", () => {
  test("a pod whose clock is days ahead keeps its lease from one whose clock is days behind, and what it published is not taken for old", async () => {
    const desk = await quick.openDesk("clocks", trained);
    const shift = fileURLToPath(new URL("shift-clock.ts", import.meta.url));
    const threeDaysMs = 3 * 86_400_000;
    const wrong = (shiftMs: number) => ({
      nodeArgs: ["--import", shift],
      env: { CLOCK_SHIFT_MS: String(shiftMs) },
    });
    const behind = await desk.start(wrong(-threeDaysMs));
    await untilCalled(desk, "python");
    const ahead = await desk.cycle(wrong(threeDaysMs));
    expect(ahead, ahead.stderr).toMatchObject({ code: 0, lease: "taken_by_another" });
    await expectPublished(desk, await behind.ended);
    // The API does not serve it yet. To a clock that is right, or ahead, it was published a moment ago.
    const later = await desk.cycle(wrong(threeDaysMs));
    expect(later.reasons, later.stderr).toEqual(["waiting_for_rollout"]);
    expect(await checkAgreement(desk)).toEqual([]);
  });
});

describe("two pods", () => {
  test("started at one moment: exactly one of them works on the training", async () => {
    const desk = await quick.openDesk("two", trained);
    const runs = await Promise.all([desk.cycle(), desk.cycle()]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs.map(({ lease }) => lease).sort()).toEqual(["held", "taken_by_another"]);
    const worked = runs.find(({ lease }) => lease === "held");
    await expectPublished(desk, worked as CycleRun);
  });

  test("one that stood still for longer than its lease writes nothing more once another has gone on", async () => {
    const desk = await quick.openDesk("stood_still", trained);
    const slow = await desk.start();
    await untilCalled(desk, "dvc push");
    process.kill(slow.pid, "SIGSTOP");
    await desk.letTimePass();
    await expectPublished(desk, await desk.cycle());
    const before = await desk.decisions();
    process.kill(slow.pid, "SIGCONT");
    const run = await slow.ended;
    expect(run.code, run.stderr).toBe(1);
    expect(run.stderr).toContain('The lease "cycle" is lost');
    expect(await desk.decisions()).toEqual(before);
    await expectPublished(desk, null);
  });
});

describe("the database", () => {
  test("away until the stage is over: the run ends and says so, and the next one goes on where it was", async () => {
    const desk = await quick.openDesk("no_database", trained);
    const running = await desk.start();
    await untilCalled(desk, "dvc push");
    await quick.postgres.stop();
    const run = await running.ended;
    await quick.postgres.restart();
    expect(run.code, run.stderr).toBe(1);
    expect(run.stderr).toMatch(/the database is away/);
    await runUntilSettled(desk);
    await expectPublished(desk, null);
  });

  test("away for some seconds while a program runs: nobody notices", async () => {
    const desk = await quick.openDesk("short_outage", trained);
    const running = await desk.start();
    await untilCalled(desk, "python");
    await quick.postgres.stop();
    await sleep(1_000);
    await quick.postgres.restart();
    await expectPublished(desk, await running.ended);
  });
});

describe("the machine", () => {
  test("Python killed for memory in a stage, then in writing the run down: the stage is tried again, and the run is made good for", async () => {
    const desk = await quick.openDesk("memory");
    const stage = await desk.cycle({ kill: { at: 8, when: "itself", afterSeconds: 0 } });
    expect((await desk.shims.calls())[7]?.command).toMatch(/^python \S*quick_training/);
    await expectFailed(
      desk,
      stage,
      1,
      /dvc repro ended with \d+.*run this again and finished stages are not repeated/s,
    );

    const second = await desk.cycle({ kill: { at: 12, when: "itself", afterSeconds: 1 } });
    expect((await desk.shims.calls()).map(({ command }) => command).join("\n")).toMatch(
      /^python \S*log_run/m,
    );
    await expectPublished(desk, second);
  });

  test("disk full in the clone, then in a stage: nothing half-made is taken for whole", async () => {
    const desk = await quick.openDesk("disk");
    // A limit on a file's size stands in for a full disk: writing fails with an error, as there.
    const clone = await desk.cycle({ largestFileKiB: 500 });
    await expectFailed(desk, clone, 1, /could not be cloned.*room on the disk of SCRATCH_DIR/s);
    await expectPublished(desk, await desk.cycle());

    // Once there is a whole clone, the stage that exports is what writes large files.
    const cloned = await quick.openDesk("disk_in_a_stage");
    await cloned.cycle({ kill: { at: 2, when: "after" } });
    await cloned.letTimePass();
    const stage = await cloned.cycle({ largestFileKiB: 500 });
    await expectFailed(cloned, stage, 1, /dvc repro ended with/);
    await expectPublished(cloned, await cloned.cycle());
  });

  test("the CronJob starts while a run is under way: it ends at once, and says why", async () => {
    const desk = await quick.openDesk("cron");
    const running = await desk.start();
    await untilCalled(desk, "dvc repro");
    const second = await desk.cycle({ args: [] });
    expect(second, second.stderr).toMatchObject({ code: 0, lease: "taken_by_another", reasons: [] });
    expect(second.stderr).toContain("Another process runs a cycle: nothing to do here.");
    await expectPublished(desk, await running.ended);
  });
});

test("a candidate that is worse is refused, and nothing of it leaves the machine but its run", async () => {
  const desk = await quick.openDesk("unlucky");
  const params = await desk.git("show", "main:params.yaml");
  const unlucky = params.replace(/(\ncurrent:.*?\n {2}seed: )\d+/s, "$113");
  await pushAsColleague(desk, { "params.yaml": `${unlucky}\n` }, "Try another seed");
  const run = await desk.cycle();
  expect(run.reasons, run.stderr).toEqual(["training_begun", "trained", "gate_refused"]);
  expect((await desk.decisions()).at(-1)?.reason).toMatch(/^floor, queue/);
  expect(await desk.trainings()).toMatchObject([{ stage: "ended", outcome: "refused" }]);
  expect(await quick.s3.keys(`${desk.prefix}/`)).toEqual([]);
  expect(await commitsOn(desk)).toBe(2);
  expect(await checkAgreement(desk)).toEqual([]);
});

/** The address of a server that is not there. */
async function deadUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}

async function untilCalled(desk: Desk, command: string): Promise<void> {
  const called = async () => (await desk.shims.calls()).some((call) => call.command.startsWith(command));
  await expect.poll(called, { timeout: 240_000, interval: 50 }).toBe(true);
}

async function commitsOn(desk: Desk): Promise<number> {
  return Number(await desk.git("rev-list", "--count", "main"));
}

/** The run failed with a decision that says why, and all agree; `reason` also has the next step. */
async function expectFailed(desk: Desk, run: CycleRun, code: number, reason: RegExp): Promise<void> {
  expect(run.code, run.stderr).toBe(code);
  const last = (await desk.decisions()).at(-1);
  expect(last?.reasonCode, run.stderr).toBe("stage_failed");
  expect(last?.reason).toMatch(reason);
  expect(await checkAgreement(desk)).toEqual([]);
}

/** The desk's one training has published one model, waits for the rollout, and all agree. */
async function expectPublished(desk: Desk, run: CycleRun | null): Promise<void> {
  if (run) expect(run.code, run.stderr).toBe(0);
  const [training, ...others] = await desk.trainings();
  expect(others).toEqual([]);
  expect(training?.stage, run?.stderr).toBe("confirm");
  expect(await desk.git("rev-parse", "main")).toBe(training?.facts.publish.commit);
  const reasons = (await desk.decisions()).map(({ reasonCode }) => reasonCode);
  expect(reasons.filter((reason) => reason === "published")).toHaveLength(1);
  expect(await checkAgreement(desk)).toEqual([]);
}
