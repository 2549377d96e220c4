// SIGKILL of the trainer at every external command of a cycle, before, during and after it, and at every row that it writes, in front of the commit and behind it.
// After each the next runs finish the training, and git, the storage, MLflow and the database agree. ./scripts/test-loop runs this; KILL_MATRIX_ONLY names
// one part of it. kill.test.ts has a few of these points for every day.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { checkAgreement } from "./check-agreement.ts";
import { type Desk, foundQuickCompany, type QuickCompany } from "./found-quick-company.ts";
import { killAtStep } from "./hold-step.ts";
import type { Call, Kill } from "./make-shims.ts";
import { runUntilSettled } from "./run-until-settled.ts";

const hourMs = 3_600_000;
vi.setConfig({ testTimeout: 6 * hourMs, hookTimeout: hourMs });

/** A command that takes longer than this is killed in its middle too, at several moments. */
const longSeconds = 0.1;
const moments = [0.2, 0.5, 0.8];

/** Where a training is when a part of the matrix begins, and where it ends. */
type Part = {
  readonly name: string;
  /** A desk in that state; each kill has a copy. Undefined: a new desk. */
  readonly from: () => Desk | undefined;
  readonly args: readonly string[];
  /** Commands that belong to the part: those of an undisturbed run up to the last that fits. */
  readonly until?: RegExp;
  readonly settled: "confirm" | "promoted" | "rolled_back";
};

let quick: QuickCompany;
let trained: Desk;
let pushed: Desk;
let served: Desk;
let overdue: Desk;

beforeAll(async () => {
  quick = await foundQuickCompany();
  trained = await quick.openDesk("trained");
  await killAtStep(trained, "move to publish", { commits: true });
  await trained.letTimePass();
  const dataSent = await quick.openDesk("data_sent", trained);
  const { number } = callOf(await undisturbed(dataSent, []), /^dvc push/);
  // Its data is in the storage; nothing is on the branch.
  pushed = await quick.openDesk("pushed", trained);
  await pushed.cycle({ args: [], kill: { at: number + 2, when: "before" } });
  await pushed.letTimePass();
  served = await quick.openDesk("served", dataSent);
  const [training] = await served.trainings();
  const { bundleHash: hash, bundleVersion: version } = training?.facts.train ?? {};
  await served.serve({ hash, version });
  overdue = await quick.openDesk("overdue", dataSent);
  await overdue.database.rows(
    sql`update training_cycles set facts = jsonb_set(facts, '{publish,at}', '"2026-01-01T00:00:00Z"')`,
  );
});
afterAll(() => quick?.close());

const parts: readonly Part[] = [
  {
    name: "publish",
    from: () => trained,
    args: [],
    until: /^python \S*remote_objects.*--mend/,
    settled: "confirm",
  },
  { name: "push", from: () => pushed, args: [], settled: "confirm" },
  { name: "take back", from: () => overdue, args: [], settled: "rolled_back" },
  { name: "keep", from: () => served, args: [], settled: "promoted" },
  {
    name: "train",
    from: () => undefined,
    args: ["--first"],
    until: /^python \S*log_run/,
    settled: "confirm",
  },
];

const only = process.env.KILL_MATRIX_ONLY;

describe.each(parts.filter(({ name }) => only === undefined || only === name))("$name", (part) => {
  test("at every command", async () => {
    const model = await quick.openDesk(`${part.name}_model`, part.from());
    const all = await undisturbed(model, part.args);
    const last = part.until ? all.findLastIndex(({ command }) => part.until?.test(command)) : all.length - 1;
    const failed: string[] = [];
    let count = 0;
    for (const kill of all.slice(0, last + 1).flatMap(killsOf)) {
      const { command = "" } = all[kill.at - 1] ?? {};
      const what = `${kill.when} ${command.slice(0, 70)} (${kill.at}, ${(kill.afterSeconds ?? 0).toFixed(2)} s)`;
      count += 1;
      const desk = await quick.openDesk(`${part.name}_${count}`, part.from());
      const problem = await tryKill(desk, part, kill);
      say(`${part.name} ${count}: ${what}: ${problem ?? "agrees"}`);
      if (problem) failed.push(`${what}: ${problem}`);
    }
    say(`${part.name}: ${count} kills, ${failed.length} failed`);
    expect(failed).toEqual([]);
  });
});

describe.skipIf(only !== undefined && only !== "rows")("rows", () => {
  test.each([
    ["train", ["begin", "decision training_begun", "attempt at train", "decision trained", "move to gate"]],
    ["train", ["attempt at gate", "decision gate_passed", "move to publish"]],
    ["push", ["attempt at publish", "decision published", "move to confirm", "attempt at confirm"]],
    [
      "keep",
      ["decision rollout_seen", "move to watch", "attempt at watch", "decision kept", "move to ended"],
    ],
    ["take back", ["decision not_served", "move to ended"]],
  ])("of %s: %s", async (name, steps) => {
    const part = parts.find((each) => each.name === name) as Part;
    const failed: string[] = [];
    for (const step of steps) {
      for (const commits of [true, false]) {
        const desk = await quick.openDesk(`rows_${name}_${step}_${commits}`, part.from());
        const { args } = part;
        const problem = await killAtStep(desk, step, { commits, args })
          .then(() => settle(desk, part))
          .catch((error: Error) => error.message.slice(-1_500));
        say(`rows: ${commits ? "after" : "before"} the commit of "${step}": ${problem ?? "agrees"}`);
        if (problem) failed.push(`${step} ${commits}: ${problem}`);
        await desk.remove();
      }
    }
    expect(failed).toEqual([]);
  });
});

async function undisturbed(desk: Desk, args: readonly string[]): Promise<Call[]> {
  const run = await desk.cycle({ args, timed: true });
  expect(run.code, run.stderr).toBe(0);
  return desk.shims.calls();
}

function callOf(calls: readonly Call[], command: RegExp): Call {
  const call = calls.find((each) => command.test(each.command));
  if (!call) throw new Error(`No call of ${command}.`);
  return call;
}

/** After one command is before the next; so "before" is tried for the first alone. */
function killsOf({ number, seconds }: Call): Kill[] {
  const during = seconds < longSeconds ? [] : moments.map((share) => share * seconds);
  return [
    ...(number === 1 ? [{ at: number, when: "before" } as const] : []),
    ...during.map((afterSeconds) => ({ at: number, when: "during", afterSeconds }) as const),
    { at: number, when: "after" },
  ];
}

/** Null where all agrees in the end; else what does not. */
async function tryKill(desk: Desk, part: Part, kill: Kill): Promise<string | null> {
  try {
    const killed = await desk.cycle({ args: part.args, kill });
    // A command that was quicker this time may have ended: then the kill came a moment later, or not at all.
    if (killed.signal !== "SIGKILL" && kill.when !== "during")
      return `was not killed: ${killed.stderr.slice(-500)}`;
    const problem = await settle(desk, part);
    if (!problem) await desk.remove();
    return problem;
  } catch (error) {
    return error instanceof Error ? error.message.slice(-1_500) : String(error);
  }
}

async function settle(desk: Desk, { args, settled }: Part): Promise<string | null> {
  const run = await runUntilSettled(desk, args);
  const trainings = await desk.trainings();
  const [training] = trainings;
  const problems = await checkAgreement(desk);
  if (trainings.length !== 1) problems.push(`${trainings.length} trainings`);
  const state = training?.outcome ?? training?.stage;
  if (state !== settled) problems.push(`the training is ${state}: ${run.stderr.slice(-800)}`);
  return problems.length > 0 ? problems.join("; ") : null;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
