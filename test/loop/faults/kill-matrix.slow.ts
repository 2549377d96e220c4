// SIGKILL of the trainer at every external command of a cycle, before, during and after it, and at every row that it writes, in front of the commit and behind it.
// After each the next runs finish the training, and git, the storage, MLflow and the database agree. ./scripts/test-loop runs this; KILL_MATRIX_ONLY names
// one part of it. kill.slow.ts has a few of these points. Every kill is made; where a command that only reads was killed and what is left equals what an earlier kill had left, the
// next runs are not made once more.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { checkAgreement } from "./check-agreement.ts";
import { type Desk, foundQuickCompany, type QuickCompany } from "./found-quick-company.ts";
import { killAtStep } from "./hold-step.ts";
import type { Call, Kill } from "./make-shims.ts";
import { readTraces } from "./read-traces.ts";
import { runUntilSettled } from "./run-until-settled.ts";

const hourMs = 3_600_000;
vi.setConfig({ testTimeout: 6 * hourMs, hookTimeout: hourMs });

/** A command that takes longer than this is killed in its middle too; a long one at several moments. */
const shortSeconds = 0.1;
const longSeconds = 0.7;
const moments = [0.2, 0.5, 0.8];

/** Rows that are written right after another one: nothing else is done in between. */
const adjacent = /^(begin|decision training_begun|attempt at|move to)/;

/** Commands that change nothing, but for git's own objects, which are among the traces. */
const reading = /^(git (?!clone)|python \S*remote_objects)/;

/** Where a training is when a part of the matrix begins, and where it ends. */
type Part = {
  readonly name: string;
  /** A desk in that state; each kill has a copy. Undefined: a new desk. */
  readonly from: () => Promise<Desk | undefined>;
  readonly args: readonly string[];
  /** Commands that belong to the part: those of an undisturbed run up to the last that fits. */
  readonly until?: RegExp;
  /** Undefined: where an undisturbed run ends. */
  readonly settled?: string | undefined;
  /** Hash of the candidate, where its tickets are those of an undisturbed run: the same holdout, and the same bundle. */
  readonly bundleHash?: string | undefined;
};

let quick: QuickCompany;

beforeAll(async () => {
  quick = await foundQuickCompany();
});
afterAll(() => quick?.close());

/** Desks that parts of the matrix begin with; each is made when it is first asked for. */
const bases = {
  /** Its candidate is trained, and next is the gate. */
  candidate: once(async () => {
    const desk = await quick.openDesk("candidate");
    await killAtStep(desk, "move to gate", { commits: true });
    await desk.letTimePass();
    return desk;
  }),
  /** Next is the stage "publish". */
  trained: once(async () => {
    const desk = await quick.openDesk("trained", await bases.candidate());
    await killAtStep(desk, "move to publish", { commits: true, args: [] });
    await desk.letTimePass();
    return desk;
  }),
  /** Waits for the rollout. */
  published: once(async () => {
    const desk = await quick.openDesk("published", await bases.trained());
    calledToPublish = await undisturbed(desk, []);
    return desk;
  }),
  /** Its data is in the storage; nothing is on the branch. */
  pushed: once(async () => {
    await bases.published();
    const { number } = callOf(calledToPublish, /^dvc push/);
    const desk = await quick.openDesk("pushed", await bases.trained());
    await desk.cycle({ args: [], kill: { at: number + 2, when: "before" } });
    await desk.letTimePass();
    return desk;
  }),
  /** The API serves its model, and no run has seen it yet. */
  served: once(async () => {
    const desk = await quick.openDesk("served", await bases.published());
    const [training] = await desk.trainings();
    const { bundleHash: hash, bundleVersion: version } = training?.facts.train ?? {};
    await desk.serve({ hash, version });
    return desk;
  }),
  /** The API has not served its model for months. */
  overdue: once(async () => {
    const desk = await quick.openDesk("overdue", await bases.published());
    await desk.database.rows(
      sql`update training_cycles set facts = jsonb_set(facts, '{publish,at}', '"2026-01-01T00:00:00Z"')`,
    );
    return desk;
  }),
  /** Serves a model of its own, and has another ticket since. */
  again: once(async () => {
    const desk = await quick.openDesk("again", await bases.served());
    await desk.cycle({ args: [] });
    await desk.database.rows(
      sql`insert into tickets (id, source, external_id, subject, body, queue, urgency, language, occurred_at)
        select gen_random_uuid(), 'desk', 'later', 'The beamer of room 4 stays dark', 'It worked yesterday.', queue, urgency, language, now() - interval '1 day'
        from tickets order by occurred_at limit 1`,
    );
    return desk;
  }),
};
let calledToPublish: Call[] = [];

function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const parts: readonly Part[] = [
  {
    name: "publish",
    from: bases.trained,
    args: [],
    until: /^python \S*remote_objects.*--mend/,
    settled: "confirm",
  },
  { name: "push", from: bases.pushed, args: [], settled: "confirm" },
  { name: "take back", from: bases.overdue, args: [], settled: "rolled_back" },
  { name: "keep", from: bases.served, args: [], settled: "promoted" },
  {
    name: "train",
    from: async () => undefined,
    args: ["--first"],
    until: /^python \S*log_run/,
    settled: "confirm",
  },
  // The branch has a model by now: a clone fetches it, with the snapshot whose holdout stays.
  { name: "train again", from: bases.again, args: ["--train"], until: /^dvc add/ },
];

/** Where the rows of a gate begin. */
const gate: Part = { name: "gate", from: bases.candidate, args: [], settled: "confirm" };

/** Names of parts, with commas between them; all where there are none. */
const only = process.env.KILL_MATRIX_ONLY?.split(",") ?? null;
const isAsked = (name: string) => only === null || only.includes(name);

describe.each(parts.filter(({ name }) => isAsked(name)))("$name", (part) => {
  test("at every command", async () => {
    const model = await quick.openDesk(`${part.name}_model`, await part.from());
    const all = await undisturbed(model, part.args);
    const last = part.until ? all.findLastIndex(({ command }) => part.until?.test(command)) : all.length - 1;
    const { outcome, stage, facts } = (await model.trainings()).at(-1) ?? {};
    const settled = part.settled ?? outcome ?? stage;
    const bundleHash = (await part.from()) && facts?.train?.bundleHash;
    const seen = new Set<string>();
    const failed: string[] = [];
    let count = 0;
    for (const kill of all.slice(0, last + 1).flatMap(killsOf)) {
      const { command = "" } = all[kill.at - 1] ?? {};
      const what = `${kill.when} ${command.slice(0, 70)} (${kill.at}, ${(kill.afterSeconds ?? 0).toFixed(2)} s)`;
      count += 1;
      const desk = await quick.openDesk(`${part.name}_${count}`, await part.from());
      const isSeen = (traces: string) => reading.test(command) && seen.has(traces);
      const { problem, traces } = await tryKill(desk, { ...part, settled, bundleHash }, kill, isSeen);
      if (problem === null && traces) seen.add(traces);
      say(`${part.name} ${count}: ${what}: ${problem ?? "agrees"}`);
      if (problem !== null && problem !== seenBefore) failed.push(`${what}: ${problem}`);
    }
    say(`${part.name}: ${count} kills, ${failed.length} failed`);
    expect(failed).toEqual([]);
  });
});

describe.skipIf(!isAsked("rows"))("rows", () => {
  test.each([
    [
      "train",
      [
        "take the lease",
        "begin",
        "decision training_begun",
        "attempt at train",
        "decision trained",
        "move to gate",
      ],
    ],
    ["gate", ["attempt at gate", "look at the holdout", "decision gate_passed", "move to publish"]],
    [
      "push",
      [
        "attempt at publish",
        "decision published",
        "move to confirm",
        "attempt at confirm",
        "give the lease back",
      ],
    ],
    [
      "keep",
      ["decision rollout_seen", "move to watch", "attempt at watch", "decision kept", "move to ended"],
    ],
    ["take back", ["bar", "decision not_served", "move to ended"]],
  ])("of %s: %s", async (name, steps) => {
    const part = [...parts, gate].find((each) => each.name === name) as Part;
    const seen = new Set<string>();
    const failed: string[] = [];
    for (const step of steps) {
      for (const commits of [true, false]) {
        const desk = await quick.openDesk(`rows_${name}_${step}_${commits}`, await part.from());
        const { args } = part;
        const isSeen = (traces: string) => adjacent.test(step) && seen.has(traces);
        const { problem, traces } = await tryToSettle(desk, part, isSeen, async () => {
          await killAtStep(desk, step, { commits, args });
          return null;
        });
        if (problem === null && traces) seen.add(traces);
        say(`rows: ${commits ? "after" : "before"} the commit of "${step}": ${problem ?? "agrees"}`);
        if (problem !== null && problem !== seenBefore) failed.push(`${step} ${commits}: ${problem}`);
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
  const shares = seconds < shortSeconds ? [] : seconds < longSeconds ? [0.5] : moments;
  return [
    ...(number === 1 ? [{ at: number, when: "before" } as const] : []),
    ...shares.map((share) => ({ at: number, when: "during", afterSeconds: share * seconds }) as const),
    { at: number, when: "after" },
  ];
}

const seenBefore = "leaves what an earlier kill had left";

/** As tryToSettle, by a kill at a command. */
function tryKill(desk: Desk, part: Part, kill: Kill, isSeen: (traces: string) => boolean): Promise<Tried> {
  return tryToSettle(desk, part, isSeen, async () => {
    const killed = await desk.cycle({ args: part.args, kill });
    // A command that was quicker this time may have ended: then the kill came a moment later, or not at all.
    const isMissed = killed.signal !== "SIGKILL" && kill.when !== "during";
    return isMissed ? `was not killed: ${killed.stderr.slice(-500)}` : null;
  });
}

type Tried = { readonly problem: string | null; readonly traces?: string };

/** The problem is null where all agrees in the end, else what does not, or that the kill left what an earlier one had left. */
async function tryToSettle(
  desk: Desk,
  part: Part,
  isSeen: (traces: string) => boolean,
  kill: () => Promise<string | null>,
): Promise<Tried> {
  try {
    const missed = await kill();
    if (missed !== null) return { problem: missed };
    await desk.letTimePass();
    const traces = await readTraces(desk);
    const problem = isSeen(traces) ? seenBefore : await settle(desk, part);
    if (problem === null || problem === seenBefore) await desk.remove();
    return { problem, traces };
  } catch (error) {
    return { problem: error instanceof Error ? error.message.slice(-1_500) : String(error) };
  }
}

async function settle(desk: Desk, { args, settled, bundleHash }: Part): Promise<string | null> {
  const run = await runUntilSettled(desk, args);
  const trainings = await desk.trainings();
  const training = trainings.at(-1);
  const problems = await checkAgreement(desk);
  const expected = args.includes("--train") ? 2 : 1;
  if (trainings.length !== expected) problems.push(`${trainings.length} trainings`);
  const state = training?.outcome ?? training?.stage;
  if (state !== settled) problems.push(`the training is ${state}: ${run.stderr.slice(-800)}`);
  const found = training?.facts.train?.bundleHash;
  if (bundleHash && found !== bundleHash)
    problems.push(`the candidate is ${found}, and without a kill ${bundleHash}`);
  return problems.length > 0 ? problems.join("; ") : null;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
