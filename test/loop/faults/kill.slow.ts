// SIGKILL of the trainer at the commands that it runs and at the rows that it writes. Around it everything is real; only the training itself takes seconds.
// These are a few points that stand for the others: kill-matrix.slow.ts tries every command and every row.
import { basename } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { checkAgreement } from "./check-agreement.ts";
import { type Desk, foundQuickCompany, type QuickCompany } from "./found-quick-company.ts";
import { killAtStep } from "./hold-step.ts";
import type { Call, Kill } from "./make-shims.ts";
import { runUntilSettled } from "./run-until-settled.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 900_000 });

let quick: QuickCompany;
/** What an undisturbed run calls, from its beginning and from the stage "publish" on. */
let calls: Call[];
let publishCalls: Call[];
/** A desk whose training comes to the stage "publish" next. */
let trained: Desk;

beforeAll(async () => {
  quick = await foundQuickCompany();
});
afterAll(() => quick?.close());

test("an undisturbed run calls nothing that a dry run had not named, and publishes; the next one waits for the rollout, and a third one keeps the model", async () => {
  const desk = await quick.openDesk("undisturbed");
  const dry = await desk.cycle({ args: ["--first", "--dry-run"] });
  expect(dry.code, dry.stderr).toBe(0);
  const told = dry.stderr.trim().split("\n");
  const announced = new Set(told.map((line) => verbOf(JSON.parse(line).message)));
  expect([await desk.trainings(), await desk.decisions()]).toEqual([[], []]);
  const first = await desk.cycle({ timed: true });
  expect(first.reasons, first.stderr).toEqual([
    "training_begun",
    "trained",
    "gate_passed",
    "published",
    "waiting_for_rollout",
  ]);
  calls = await desk.shims.calls();
  // What dvc repro starts is the pipeline's; MLflow's client asks git for its version and whose the code is.
  const isOthers = /^(node|python test\/|git (version|check-ignore))/;
  const own = calls.map(({ command }) => command).filter((command) => !isOthers.test(command));
  expect([...new Set(own.map(verbOf))].filter((verb) => !announced.has(verb))).toEqual([]);
  expect(await checkAgreement(desk)).toEqual([]);
  const second = await desk.cycle();
  expect(second.reasons, second.stderr).toEqual(["waiting_for_rollout"]);
  expect(await checkAgreement(desk)).toEqual([]);

  const [training] = await desk.trainings();
  const { bundleHash: hash, bundleVersion: version } = training?.facts.train ?? {};
  await desk.serve({ hash, version });
  const third = await desk.cycle({ args: [] });
  expect(third.reasons, third.stderr).toEqual(["rollout_seen", "kept", "no_new_window"]);
  expect(await desk.trainings()).toMatchObject([{ stage: "ended", outcome: "promoted" }]);
  expect(await checkAgreement(desk)).toEqual([]);
});

test.each([
  ["in the middle of the clone", "git clone", "during"],
  ["in the middle of a stage of dvc repro", "node test/loop", "during"],
  ["after the run was written down in MLflow", "python /.*log_run", "after"],
] as const)("killed %s, the training is finished by the next run", async (name, command, when) => {
  const desk = await quick.openDesk(name.replaceAll(" ", "_"));
  await expectKilled(desk, killOf(calls, command, when));
  await expectPublishedOnce(desk);
});

test("killed when the gate's result was written, and nobody had heard of it, the training is finished by the next run", async () => {
  const desk = await quick.openDesk("gate_passed");
  await killAtStep(desk, "move to publish", { commits: true });
  await desk.letTimePass();
  trained = await quick.openDesk("trained", desk);
  await expectPublishedOnce(desk);
  expect((await desk.decisions()).map(({ reasonCode }) => reasonCode)).toEqual([
    "training_begun",
    "trained",
    "gate_passed",
    "published",
    "waiting_for_rollout",
  ]);
  publishCalls = await desk.shims.calls();
});

test.each([
  ["in the middle of dvc push", "dvc push", "during"],
  ["when git push had arrived, and nobody had heard of it", "git push", "after"],
] as const)("killed %s, the model is published once", async (name, command, when) => {
  const desk = await quick.openDesk(`publish_${command.replaceAll(" ", "_")}`, trained);
  const { seconds } = calls.find((call) => call.command.startsWith(command)) ?? { seconds: 1 };
  const kill = killOf(publishCalls, command, when);
  await expectKilled(desk, { ...kill, afterSeconds: seconds / 2 }, name);
  await expectPublishedOnce(desk);
});

/** What a command is about: "git push", "python log_run.py". */
function verbOf(command: string): string {
  const [program = "", first = ""] = command.split(" ");
  return `${program} ${basename(first)}`;
}

function killOf(of: readonly Call[], command: string, when: Kill["when"]): Kill {
  const call = of.find((each) => new RegExp(`^${command}`).test(each.command));
  if (!call) throw new Error(`No call of ${command}.`);
  return { at: call.number, when, afterSeconds: call.seconds / 2 };
}

async function expectKilled(desk: Desk, kill: Kill, name = desk.name): Promise<void> {
  const killed = await desk.cycle({ kill });
  expect([name, killed.signal], killed.stderr).toEqual([name, "SIGKILL"]);
}

async function expectPublishedOnce(desk: Desk): Promise<void> {
  const settled = await runUntilSettled(desk);
  expect(settled.stage, settled.stderr).toBe("confirm");
  expect(await checkAgreement(desk)).toEqual([]);
  const [training, ...others] = await desk.trainings();
  expect(others).toEqual([]);
  expect(await desk.git("rev-parse", "main")).toBe(training?.facts.publish.commit);
  expect(await desk.git("rev-list", "--count", "main")).toBe("2");
}
