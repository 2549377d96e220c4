import { randomUUID } from "node:crypto";
import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openOnDriver } from "../../../test/database/open-on-driver.ts";
import { abandonTraining } from "./abandon-training.ts";
import { createCycleLog } from "./create-cycle-log.ts";
import { createCycleStore } from "./create-cycle-store.ts";
import { takeLease } from "./take-lease.ts";
import type { CycleStage } from "./training-cycle.ts";

const lease = { name: "cycle", ttlMs: 30_000 };
let database: Database;
let close: () => Promise<void>;
let cleared: number;

beforeAll(async () => {
  ({ database, close } = await openOnDriver("pglite"));
});
afterAll(() => close());
beforeEach(async () => {
  cleared = 0;
  await database.rows(
    sql`truncate trainer_leases, training_cycles, training_decisions, model_deployments cascade`,
  );
  await database.rows(sql`insert into model_deployments (id, bundle_hash, model_version, serving)
    values (${randomUUID()}::uuid, 'hash-of-old', 'old', true)`);
});

const abandon = () =>
  abandonTraining({
    database,
    lease,
    clearScratch: async () => {
      cleared += 1;
    },
    log: createCycleLog({ isTerminal: false, write: () => {} }),
  });
const trainings = () => database.rows(sql`select stage, outcome from training_cycles`);
const decisions = () =>
  database.rows(
    sql`select reason_code, model_version, decision->>'reason' as reason from training_decisions`,
  );

async function begin(stage: CycleStage): Promise<void> {
  const held = await takeLease(database, lease);
  const store = createCycleStore(database, held!);
  const training = {
    dataSet: "current",
    trigger: "asked",
    servingHash: "hash-of-old",
    driftReportId: null,
  } as const;
  await store.moveOn(await store.begin(training), stage, {});
  await held?.release();
}

test.each([
  ["gate", /^A person ended the training at its stage "gate"\.$/],
  ["publish", /is on the branch all the same, \.\/scripts\/rollback/],
  ["confirm", /stays on the branch, and nobody watches it: \.\/scripts\/rollback/],
  ["watch", /stays on the branch, and nobody watches it any more: \.\/scripts\/rollback/],
] as const)("a training at %s ends, and the decision says what becomes of its model", async (stage, said) => {
  await begin(stage);
  expect((await abandon()).cycle?.stage).toBe("abandoned");
  expect(await trainings()).toEqual([{ stage: "ended", outcome: "abandoned" }]);
  const reason = expect.stringMatching(said);
  expect(await decisions()).toEqual([{ reason_code: "abandoned", model_version: "old", reason }]);
  expect(cleared).toBe(1);
  expect(await takeLease(database, lease)).not.toBeNull();
});

test("where no training is under way nothing is written down", async () => {
  expect(await abandon()).toEqual({ lease: "held", decisions: [], cycle: null });
  expect(await decisions()).toEqual([]);
});

test("while another process runs a cycle nothing is ended, and the message says when to try again", async () => {
  await begin("watch");
  const other = await takeLease(database, lease);
  await expect(abandon()).rejects.toThrow("run this again once that has ended");
  expect(await trainings()).toEqual([{ stage: "watch", outcome: null }]);
  await other?.release();
});
