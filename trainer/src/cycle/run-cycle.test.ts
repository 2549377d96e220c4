// The control flow of a cycle, on real databases. What a stage does is a function here: its own suite shows that it does it.
import { randomUUID } from "node:crypto";
import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openOnDriver } from "../../../test/database/open-on-driver.ts";
import type { Assessment } from "../drift/assess-window.ts";
import { createCycleLog } from "./create-cycle-log.ts";
import { createCycleStore } from "./create-cycle-store.ts";
import type { CycleRequest } from "./decide-training.ts";
import { type CycleDeps, type RunStage, runCycle, type StageResult } from "./run-cycle.ts";
import { ScratchLostError } from "./scratch-lost-error.ts";
import { takeLease } from "./take-lease.ts";
import type { CycleStage } from "./training-cycle.ts";

const request: CycleRequest = { dataSet: "current", trainsAnyway: false, isFirst: false };
const ttlMs = 30_000;

describe.each(["pglite", "node-postgres", "neon-http", "neon-websocket"] as const)("%s", (driver) => {
  let database: Database;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ database, close } = await openOnDriver(driver));
  });
  afterAll(() => close());
  beforeEach(async () => {
    await database.rows(
      sql`truncate trainer_leases, training_cycles, training_decisions, model_deployments, drift_reports cascade`,
    );
    await database.rows(sql`insert into model_deployments (id, bundle_hash, model_version, serving)
      values (${randomUUID()}::uuid, 'hash-of-old', '2026.11.01-old', true)`);
  });

  /** Stages that do their work at once, but for those that are given. `ran` lists what was begun. */
  function depsWith(given: Partial<Record<CycleStage, RunStage>> = {}, found: Assessment | null = null) {
    const ran: string[] = [];
    const done: Record<CycleStage, StageResult> = {
      train: { verdict: "next", reasonCode: "trained", reason: "Trained.", facts: { version: "new" } },
      gate: { verdict: "next", reasonCode: "gate_passed", reason: "Passed.", facts: { passed: true } },
      publish: { verdict: "next", reasonCode: "published", reason: "Pushed.", facts: { commit: "c0ffee" } },
      confirm: { verdict: "next", reasonCode: "rollout_seen", reason: "Seen.", facts: {} },
      watch: { verdict: "next", reasonCode: "kept", reason: "Kept.", facts: {} },
    };
    const stage =
      (name: CycleStage): RunStage =>
      async (cycle, signal) => {
        ran.push(name);
        return given[name]?.(cycle, signal) ?? done[name];
      };
    const deps: CycleDeps = {
      database,
      lease: { name: "cycle", ttlMs },
      maxAttempts: 3,
      monitor: async ({ bundleHash }) => {
        if (found) await store(bundleHash, found);
      },
      stages: {
        train: stage("train"),
        gate: stage("gate"),
        publish: stage("publish"),
        confirm: stage("confirm"),
        watch: stage("watch"),
      },
      findArrived: async () => null,
      clearScratch: async () => {},
      log: createCycleLog({ isTerminal: false, write: () => {} }),
      signal: new AbortController().signal,
    };
    return { deps, ran };
  }
  /** A report as the monitor leaves it. */
  const store = (bundleHash: string, found: Assessment) =>
    database.rows(sql`insert into drift_reports (id, mode, model_version, bundle_hash, window_start, window_end, row_count, report)
      values (${randomUUID()}::uuid, 'calibrated', 'old', ${bundleHash}, now(), clock_timestamp(), 1, ${JSON.stringify({ assessment: found })}::jsonb)`);
  const reasons = async () =>
    (
      await database.rows(sql`select reason_code from training_decisions order by created_at, id`, {
        isRead: true,
      })
    ).map((row) => row.reason_code);
  const cycles = () =>
    database.rows(
      sql`select stage, outcome, attempts, facts, trigger from training_cycles order by started_at, id`,
      {
        isRead: true,
      },
    );

  test("a run without a new window says so, and writes it down", async () => {
    const { deps, ran } = depsWith();
    const summary = await runCycle(deps, request);
    expect(summary).toMatchObject({
      lease: "held",
      cycle: null,
      decisions: [{ reasonCode: "no_new_window" }],
    });
    expect(await reasons()).toEqual(["no_new_window"]);
    expect(ran).toEqual([]);
  });

  test("drift trains: every stage in order, every decision a row, and each stage's facts under its name", async () => {
    const { deps, ran } = depsWith({}, assessment("drift"));
    expect((await runCycle(deps, request)).cycle?.stage).toBe("promoted");
    expect(ran).toEqual(["train", "gate", "publish", "confirm", "watch"]);
    expect(await reasons()).toEqual([
      "training_begun",
      "trained",
      "gate_passed",
      "published",
      "rollout_seen",
      "kept",
    ]);
    expect(await cycles()).toMatchObject([
      {
        stage: "ended",
        outcome: "promoted",
        trigger: "drift",
        facts: { train: { version: "new" }, publish: { commit: "c0ffee" } },
      },
    ]);
  });

  test("stable, burst, fault and too few rows train nothing", async () => {
    for (const diagnosis of ["stable", "burst", "data_fault", "not_enough_data"] as const) {
      const { deps, ran } = depsWith({}, assessment(diagnosis));
      await runCycle(deps, request);
      expect(ran).toEqual([]);
    }
    expect(await reasons()).toEqual(["stable", "burst", "data_fault", "not_enough_data"]);
  });

  test("an alarm within the cool-down is held back, and a person's word goes before it", async () => {
    const held = assessment("drift", "cool_down");
    const first = depsWith({}, held);
    await runCycle(first.deps, request);
    expect([await reasons(), first.ran]).toEqual([["held_back"], []]);
    const asked = depsWith({}, held);
    await runCycle(asked.deps, { ...request, trainsAnyway: true });
    expect(await cycles()).toMatchObject([{ trigger: "asked", outcome: "promoted" }]);
  });

  test("asked for again while one is under way, the same training goes on, and no second one begins", async () => {
    let turn = 0;
    const wait: RunStage = async () => {
      turn += 1;
      return {
        verdict: turn > 1 ? "next" : "wait",
        reasonCode: "waiting_for_rollout",
        reason: "Not yet.",
        facts: {},
      };
    };
    const { deps, ran } = depsWith({ confirm: wait });
    await runCycle(deps, { ...request, isFirst: true });
    await runCycle(deps, { ...request, isFirst: true });
    expect(ran).toEqual(["train", "gate", "publish", "confirm", "confirm", "watch"]);
    expect(await cycles()).toMatchObject([{ trigger: "first", outcome: "promoted" }]);
  });

  test("a refused candidate ends the training, and is no promotion", async () => {
    const refuse: RunStage = async () => ({
      verdict: "refused",
      reasonCode: "gate_refused",
      reason: "Worse.",
      facts: { f1: 0.1 },
    });
    const { deps, ran } = depsWith({ gate: refuse });
    await runCycle(deps, { ...request, trainsAnyway: true });
    expect(ran).toEqual(["train", "gate"]);
    expect(await cycles()).toMatchObject([{ outcome: "refused", facts: { gate: { f1: 0.1 } } }]);
  });

  test("a stage that fails is tried again by the next run, not those before it, and given up after three attempts", async () => {
    const broken: RunStage = async () => {
      throw new Error("the remote is away");
    };
    const { deps, ran } = depsWith({ publish: broken });
    await expect(runCycle(deps, { ...request, trainsAnyway: true })).rejects.toThrow("the remote is away");
    await expect(runCycle(deps, request)).rejects.toThrow("the remote is away");
    await expect(runCycle(deps, request)).rejects.toThrow("the remote is away");
    expect(ran).toEqual(["train", "gate", "publish", "publish", "publish"]);
    expect((await runCycle(deps, request)).cycle?.stage).toBe("abandoned");
    expect(await reasons()).toEqual([
      "training_begun",
      "trained",
      "gate_passed",
      "stage_failed",
      "stage_failed",
      "stage_failed",
      "abandoned",
      "no_new_window",
    ]);
  });

  test("a publication that is given up asks the branch first: one that had arrived is confirmed and watched, and without the branch's word nothing is given up", async () => {
    const broken: RunStage = async () => {
      throw new Error("GitHub is away");
    };
    const { deps, ran } = depsWith({ publish: broken });
    for (let run = 0; run < 3; run += 1)
      await expect(runCycle(deps, { ...request, trainsAnyway: run === 0 })).rejects.toThrow("GitHub is away");
    const away: CycleDeps["findArrived"] = async () => {
      throw new Error("the remote is away");
    };
    await expect(runCycle({ ...deps, findArrived: away }, request)).rejects.toThrow("the remote is away");
    expect(await cycles()).toMatchObject([{ stage: "publish", attempts: 3, outcome: null }]);

    const findArrived: CycleDeps["findArrived"] = async () => ({
      verdict: "next",
      reasonCode: "published",
      reason: "It is there.",
      facts: { commit: "c0ffee" },
    });
    expect((await runCycle({ ...deps, findArrived }, request)).cycle?.stage).toBe("promoted");
    expect(ran.slice(-2)).toEqual(["confirm", "watch"]);
    expect(await cycles()).toMatchObject([{ outcome: "promoted", facts: { publish: { commit: "c0ffee" } } }]);
  });

  test("scratch space that is gone sends the training back to its first stage, a few times", async () => {
    const { deps, ran } = depsWith({
      gate: async () => {
        throw new ScratchLostError("the clone");
      },
    });
    await expect(runCycle(deps, { ...request, trainsAnyway: true })).rejects.toThrow(
      "no longer holds the clone",
    );
    expect(ran).toEqual(["train", "gate", "train", "gate", "train", "gate", "train", "gate"]);
    expect(await cycles()).toMatchObject([{ stage: "gate", attempts: 1, facts: { restarts: 3 } }]);
  });

  test("scratch space is cleared of ended trainings when a run begins, and when a training has ended", async () => {
    const { deps, ran } = depsWith({}, assessment("drift"));
    const cleared: unknown[] = [];
    const clearScratch = async () => {
      const outcomes = (await cycles()).map(({ outcome }) => outcome);
      cleared.push([ran.length, outcomes]);
    };
    await runCycle({ ...deps, clearScratch }, request);
    expect(cleared).toEqual([
      [0, []],
      [5, ["promoted"]],
    ]);
  });

  test("a stage that waits is asked again by every run, however often, and the desk is looked at while a model is watched", async () => {
    let turn = 0;
    const wait: RunStage = async () => {
      turn += 1;
      const verdict = turn > 6 ? "next" : "wait";
      return { verdict, reasonCode: "watching", reason: "Not yet.", facts: { turn } };
    };
    const { deps, ran } = depsWith({ watch: wait }, assessment("drift"));
    for (let run = 0; run < 6; run += 1) await runCycle(deps, request);
    expect(ran.filter((name) => name === "train")).toHaveLength(1);
    const { deps: quiet } = depsWith({ watch: wait });
    expect((await runCycle(quiet, request)).cycle?.stage).toBe("promoted");
    expect(await cycles()).toHaveLength(1);
  });

  test("while one run holds the lease another does nothing, and takes over once it is given back", async () => {
    const lease = await takeLease(database, { name: "cycle", ttlMs });
    const { deps, ran } = depsWith();
    expect(await runCycle(deps, { ...request, trainsAnyway: true })).toMatchObject({
      lease: "taken_by_another",
      cycle: null,
    });
    expect(ran).toEqual([]);
    await lease?.release();
    expect((await runCycle(deps, { ...request, trainsAnyway: true })).cycle?.stage).toBe("promoted");
  });

  test("a holder that was overtaken can write nothing more", async () => {
    const slow = await takeLease(database, { name: "cycle", ttlMs });
    const store = createCycleStore(database, slow!);
    const cycle = await store.begin({
      dataSet: "current",
      trigger: "drift",
      servingHash: "hash-of-old",
      driftReportId: null,
    });
    await database.rows(sql`update trainer_leases set expires_at = now()`);
    const next = await takeLease(database, { name: "cycle", ttlMs });
    expect(next?.fence).toBe((slow?.fence ?? 0) + 1);
    await expect(store.moveOn(cycle, "gate", {})).rejects.toThrow("lost");
    await expect(store.end(cycle, "promoted", {})).rejects.toThrow("lost");
    await expect(
      store.begin({ dataSet: "current", trigger: "drift", servingHash: "x", driftReportId: null }),
    ).rejects.toThrow("lost");
    expect(await createCycleStore(database, next!).findOpen()).toMatchObject({
      id: cycle.id,
      stage: "train",
    });
    await next?.release();
    await slow?.release();
  });

  test("a lease that another process took aborts the run that held it, within its time to live", async () => {
    const { deps } = depsWith({
      train: async (_, signal) => {
        await database.rows(sql`update trainer_leases set holder = ${randomUUID()}::uuid`);
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        throw new Error("stopped in the middle");
      },
    });
    const losing = { ...deps, lease: { name: "cycle", ttlMs: 1_500 } };
    await expect(runCycle(losing, { ...request, trainsAnyway: true })).rejects.toThrow("lease");
    expect(await reasons()).toEqual(["training_begun"]);
    expect(await cycles()).toMatchObject([{ stage: "train", attempts: 1, outcome: null }]);
  });

  test("there is never a second training under way, whoever begins it", async () => {
    const lease = await takeLease(database, { name: "cycle", ttlMs });
    const store = createCycleStore(database, lease!);
    const training = { dataSet: "current", trigger: "drift", servingHash: "x", driftReportId: null } as const;
    await store.begin(training);
    await expect(store.begin(training)).rejects.toThrow("training_cycles_one_open");
    await lease?.release();
  });

  test("a report that a killed run had stored is decided on by the next one, and only once", async () => {
    await store("hash-of-old", assessment("drift"));
    await store("hash-of-another", assessment("drift"));
    const { deps } = depsWith();
    await runCycle(deps, request);
    await runCycle(deps, request);
    expect(await cycles()).toMatchObject([{ trigger: "drift", outcome: "promoted" }]);
    expect((await reasons()).filter((reason) => reason === "training_begun")).toHaveLength(1);
  });

  test("without a bundle that serves nothing is done", async () => {
    await database.rows(sql`truncate model_deployments`);
    const { deps, ran } = depsWith();
    await runCycle(deps, { ...request, trainsAnyway: true });
    expect([await reasons(), ran]).toEqual([["no_model_serving"], []]);
  });
});

function assessment(diagnosis: Assessment["diagnosis"], heldBack: "cool_down" | null = null): Assessment {
  const wanted = diagnosis === "drift" || diagnosis === "performance_alarm";
  return {
    window: { start: 0, end: 1, rows: 500, duplicates: 0 },
    diagnosis,
    reason: `It is ${diagnosis}.`,
    training: { wanted, heldBack, until: null },
    faults: [],
    bursts: [],
    burstIds: [],
    chart: null,
    errors: {
      audits: 0,
      errors: 0,
      toleratedRate: null,
      anytime: 1,
      anytimeLimit: 100,
      sinceRestart: 1,
      restartLimit: 200,
      suspect: null,
    },
  };
}
