// How often the two deciding rules let a model through, on synthetic predictions: six queues, a serving model that is right on 80 %, a
// candidate that differs in being right on 10 % of the rows, and one row in eight a near-duplicate of another.
import { expect, test } from "vitest";
import { seededRandom } from "../metrics/seeded-random.ts";
import { gateSchema } from "../params.ts";
import { type Comparison, checkHoldout } from "./checks/check-holdout.ts";
import { checkRecentWindow } from "./checks/check-recent-window.ts";
import { type PairedRow, pairedDraws } from "./statistics/paired-draws.ts";

const queues = 6;
const accuracy = 0.8;
const disagreement = 0.1;
const windows = 80;
const params = gateSchema.parse({ holdout_min_rows: { queue: 300, urgency: 300 } });

/** `gain`: how much more often the candidate is right. */
function compare(rows: number, gain: number, seed: number): Comparison {
  const random = seededRandom(seed);
  const [wins, losses] = [(disagreement + gain) / 2, (disagreement - gain) / 2];
  const pairs = Array.from({ length: rows }, (_, index): PairedRow => {
    const truth = Math.floor(random() * queues);
    const wrong = (truth + 1 + Math.floor(random() * (queues - 1))) % queues;
    const place = random();
    const both = random() < (accuracy - losses) / (1 - disagreement);
    const differs = place < disagreement;
    const say = (isRight: boolean) => ({ label: `${isRight ? truth : wrong}`, confidence: accuracy });
    return {
      group: `g${Math.floor((index * 7) / 8)}`,
      truth: `${truth}`,
      ours: say(differs ? place < wins : both),
      theirs: say(differs ? place >= wins : both),
    };
  });
  return { rows, draws: pairedDraws(pairs, { draws: 200, random }) };
}

/** Shares of the windows in which rule 1, and rules 1 and 2, let the queue through. */
function passShares(holdoutRows: number, recentRows: number, gain: number) {
  let [first, both] = [0, 0];
  for (let seed = 1; seed <= windows; seed += 1) {
    const holdout = compare(holdoutRows, gain, seed);
    const recent = compare(recentRows, gain, seed + 10_000);
    const rule1 = checkHoldout({ queue: holdout, urgency: holdout }, params)[0]?.status === "passed";
    const [rule2] = checkRecentWindow(
      { queue: recent, urgency: recent },
      { tickets: recentRows, blind: 0, blindFrom: null },
      { holdsOnHoldout: rule1, isPerformanceAlarm: false },
      params,
    );
    first += Number(rule1);
    both += Number(rule1 && rule2?.status === "passed");
  }
  return { first: first / windows, both: both / windows };
}

const patienceMs = 300_000;

// A share of .12 of 80 windows has a standard deviation of .036, one of .75 one of .048: each bound is two to three of them away.
test(
  "an equal model passes rule 1 seldom on few rows, and hardly ever both rules",
  () => {
    const few = passShares(300, 500, 0);
    expect(few.first).toBeLessThan(0.23);
    expect(few.both).toBeLessThan(0.07);
    expect(passShares(1_500, 500, 0).both).toBeLessThan(0.1);
  },
  patienceMs,
);

test(
  "a model that is two points better passes rule 1 the more surely the more rows there are",
  () => {
    const shares = [300, 650, 1_500].map((rows) => passShares(rows, 500, 0.02).first);
    expect(shares).toEqual([...shares].sort());
    expect(shares[1]).toBeGreaterThan(0.62);
    expect(shares[2]).toBeGreaterThan(0.9);
  },
  patienceMs,
);

test(
  "a worse model passes neither",
  () => {
    expect(passShares(650, 500, -0.02)).toEqual({ first: expect.closeTo(0, 1), both: 0 });
  },
  patienceMs,
);

test(
  "with 100 to 499 rows an equal model passes rule 2 in a fifth of the windows, and rule 1 keeps most of those",
  () => {
    expect(passShares(650, 300, 0).both).toBeLessThan(0.12);
  },
  patienceMs,
);
