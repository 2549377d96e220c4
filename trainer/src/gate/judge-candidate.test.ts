import { describe, expect, test } from "vitest";
import { gateSchema } from "../params.ts";
import {
  exampleFacts,
  exampleMeasurements,
  exampleQueues,
  exampleRows,
} from "./fixtures/example-measurements.ts";
import { type checkStatuses, gateReportSchema } from "./gate-report.ts";
import { type JudgeOptions, judgeCandidate } from "./judge-candidate.ts";
import type { MeasuredRow } from "./measured-row.ts";
import type { Measurements } from "./measurements.ts";

const judge = (change: Partial<Measurements> = {}, options: Partial<JudgeOptions> = {}) =>
  judgeCandidate(exampleMeasurements(change), {
    isFirst: false,
    isPerformanceAlarm: false,
    embedder: "embedder",
    params: gateSchema.parse({ draws: 100 }),
    seed: 1,
    ...options,
  });

type Verdict = (typeof checkStatuses)[number];

const statusOf = (judged: ReturnType<typeof judge>, name: string): Verdict | undefined =>
  judged.checks.find((check) => check.name === name)?.status;

const shortOf = (judged: ReturnType<typeof judge>) =>
  judged.checks.filter(({ status }) => status !== "passed").map(({ name, status }) => `${name}: ${status}`);

const better = { wins: 0.06, losses: 0.01 };
const equal = { wins: 0.05, losses: 0.05 };

/** The rows with another answer of the candidate (and of its second seed) where `change` gives one. */
const saying = (
  rows: readonly MeasuredRow[],
  change: (row: MeasuredRow, index: number) => Partial<MeasuredRow["candidate"]>,
): MeasuredRow[] =>
  rows.map((row, index) => {
    const candidate = { ...row.candidate, ...change(row, index) };
    return { ...row, candidate, secondSeed: candidate };
  });

const holdout = exampleRows({ rows: 1_000, ...better });

test("a candidate that is better everywhere passes every check, and its report is plain JSON", () => {
  const { checks, comparedWith } = judge();
  expect(shortOf({ checks, comparedWith })).toEqual([]);
  expect(comparedWith).toBe("serving");
  const read = gateReportSchema.shape.checks.parse(JSON.parse(JSON.stringify(checks)));
  expect(read).toEqual(checks);
});

test("the same measurements give the same report", () => {
  expect(judge()).toEqual(judge());
});

describe("the holdout", () => {
  test.each<[string, MeasuredRow[], Verdict]>([
    ["too small", exampleRows({ rows: 599, ...better }), "could_not_run"],
    ["just large enough", exampleRows({ rows: 600, ...better }), "passed"],
    ["empty", [], "could_not_run"],
    ["as good as before on few rows: that may be luck", exampleRows({ rows: 650, ...equal }), "failed"],
    ["clearly worse", exampleRows({ rows: 1_500, wins: 0.01, losses: 0.06 }), "failed"],
    ["one group of near-duplicates", holdout.map((row) => ({ ...row, group: "one" })), "could_not_run"],
  ])("%s", (_, rows, status) => {
    expect(statusOf(judge({ holdout: rows }), "holdout, queue")).toBe(status);
  });

  test("that is half corrections is counted by what is left, and a row without a queue counts for the urgency alone", () => {
    const rows = holdout.map((row, index) => (index < 500 ? { ...row, queue: null } : row));
    const judged = judge({ holdout: rows });
    expect(statusOf(judged, "holdout, queue")).toBe("could_not_run");
    expect(statusOf(judged, "holdout, urgency")).toBe("passed");
  });
});

describe("floors", () => {
  test("a candidate under one is refused although it is better than what serves", () => {
    const rows = exampleRows({ rows: 1_500, accuracy: 0.6, ...better });
    expect(shortOf(judge({ holdout: rows }))).toEqual(expect.arrayContaining(["floor, queue: failed"]));
  });

  test("are the data set's own", () => {
    const rows = exampleRows({ rows: 1_500, accuracy: 0.6, ...better });
    const params = gateSchema.parse({ draws: 100, floors: { queue: 0.6, urgency: 0.6 } });
    expect(statusOf(judge({ holdout: rows }, { params }), "floor, queue")).toBe("passed");
  });
});

describe("the recent window", () => {
  const worseHoldout = exampleRows({ rows: 1_500, wins: 0.01, losses: 0.04 });
  const recent = (rows: number, wins: number, losses: number) =>
    exampleRows({ rows, wins, losses, seed: 6, name: "n" });
  test.each<[string, Partial<Measurements>, boolean, Verdict]>([
    ["500 rows, surely better", { recent: recent(500, 0.08, 0.01) }, false, "passed"],
    ["500 rows, perhaps better", { recent: recent(500, 0.052, 0.05) }, false, "failed"],
    ["the same under a performance alarm", { recent: recent(500, 0.055, 0.05) }, true, "passed"],
    [
      "the same under an alarm where the holdout does not hold",
      { recent: recent(500, 0.055, 0.05), holdout: worseHoldout },
      true,
      "failed",
    ],
    ["500 rows, worse, under an alarm", { recent: recent(500, 0.02, 0.06) }, true, "failed"],
    ["499 rows, probably better", { recent: recent(499, 0.09, 0.03) }, false, "passed"],
    [
      "499 rows, probably better, where the holdout does not hold",
      { recent: recent(499, 0.09, 0.03), holdout: worseHoldout },
      false,
      "failed",
    ],
    ["100 rows, probably better", { recent: recent(100, 0.1, 0.02) }, false, "passed"],
    ["100 rows, as good", { recent: recent(100, 0.05, 0.05) }, false, "failed"],
    ["99 rows: collect first", { recent: recent(99, 0.2, 0) }, true, "could_not_run"],
    ["no rows", { recent: [] }, false, "could_not_run"],
  ])("%s", (_, change, isPerformanceAlarm, status) => {
    expect(statusOf(judge(change, { isPerformanceAlarm }), "recent window, queue")).toBe(status);
  });

  test("says what to collect, and how many rows of each kind there are", () => {
    const recentCounts = { tickets: 40, blind: 13, blindFrom: null };
    const { checks } = judge({ recent: recent(53, 0.1, 0), recentCounts });
    const check = checks.find(({ name }) => name === "recent window, queue");
    expect(check?.why).toContain("collect first");
    expect(check?.numbers).toMatchObject({ rows: 53, tickets: 40, blind: 13 });
  });

  test("an urgency that is shown to be worse there is refused, a missing one is not", () => {
    const rows = saying(recent(600, 0.08, 0.01), (row) => ({
      urgency: { label: "low", confidence: 0.5, actedOn: row.urgency ?? "low" },
    }));
    expect(statusOf(judge({ recent: rows }), "recent window, urgency")).toBe("failed");
    const without = rows.map((row) => ({ ...row, urgency: null }));
    expect(statusOf(judge({ recent: without }), "recent window, urgency")).toBe("passed");
  });
});

describe("recall by class", () => {
  test("one queue that gets worse is named, however well the others do", () => {
    const rows = saying(holdout, (row, index) =>
      row.queue === "Phones" && index % 4 === 0
        ? { queue: { label: "Wires", confidence: 0.7, abstains: false } }
        : {},
    );
    const judged = judge({ holdout: rows });
    const check = judged.checks.find(({ name }) => name === "recall by class");
    expect(check?.status).toBe("failed");
    expect(check?.why).toMatch(/^queue Phones loses −\d/);
  });

  test("a class with 29 rows is passed over, one with 30 is not", () => {
    const never = (rows: number) => {
      const few = exampleRows({ rows, wins: 0, losses: 0, accuracy: 1, seed: 9, name: "f" }).map((row) => ({
        ...row,
        queue: "Badges",
        serving: row.serving && { ...row.serving, queue: { ...row.serving.queue, label: "Badges" } },
      }));
      return statusOf(judge({ holdout: [...holdout, ...few] }), "recall by class");
    };
    expect([never(29), never(30)]).toEqual(["passed", "failed"]);
  });

  test("a hundred copies of one text are one loss, not a hundred", () => {
    const copies = saying(
      exampleRows({ rows: 100, wins: 0, losses: 0, accuracy: 1, seed: 9, name: "c" }),
      () => ({ queue: { label: "Wires", confidence: 0.7, abstains: false } }),
    ).map((row) => ({
      ...row,
      group: "copies",
      queue: "Mail",
      serving: row.serving && { ...row.serving, queue: { ...row.serving.queue, label: "Mail" } },
    }));
    expect(statusOf(judge({ holdout: [...holdout, ...copies] }), "recall by class")).toBe("passed");
  });
});

describe("the top urgency", () => {
  const same = exampleRows({ rows: 1_500, wins: 0, losses: 0, accuracy: 1 });
  const high = same.filter(({ urgency }) => urgency === "high");
  const losing = (share: number, change: "label" | "actedOn") => {
    const lost = new Set(high.slice(0, Math.floor(share * high.length)).map(({ id }) => id));
    return saying(same, (row) =>
      lost.has(row.id) ? { urgency: { ...row.candidate.urgency, [change]: "medium" } } : {},
    );
  };
  test.each<[string, MeasuredRow[], Verdict]>([
    ["loses 5 points", losing(0.05, "label"), "passed"],
    ["loses 6 points", losing(0.06, "label"), "failed"],
    ["loses 6 points as acted on", losing(0.06, "actedOn"), "failed"],
    ["has no row", same.filter(({ urgency }) => urgency !== "high"), "could_not_run"],
  ])("%s", (_, rows, status) => {
    expect(statusOf(judge({ holdout: rows, recent: [] }), "top urgency")).toBe(status);
  });
});

describe("no queue collapses", () => {
  const without = (keptShare: number) => {
    let seen = 0;
    return saying(holdout, ({ candidate }) => {
      if (candidate.queue.label !== "Print") return {};
      seen += 1;
      return seen % 100 < keptShare * 100 ? {} : { queue: { ...candidate.queue, label: "Mail" } };
    });
  };
  test.each([
    [0.3, "passed"],
    [0.1, "failed"],
    [0, "failed"],
  ])("one that is still said in %f of the cases: %s", (share, status) => {
    expect(statusOf(judge({ holdout: without(share), recent: [] }), "no queue collapses")).toBe(status);
  });

  test("also of a first model, where the truth takes the serving model's place", () => {
    const judged = judge({ holdout: without(0), serving: null }, { isFirst: true });
    expect(statusOf(judged, "no queue collapses")).toBe("failed");
  });
});

describe("confidence", () => {
  test("a candidate that is surer than it should be is refused", () => {
    const rows = saying(holdout, ({ candidate }) => ({
      queue: { ...candidate.queue, confidence: 0.99 + candidate.queue.confidence / 100 },
    }));
    const judged = judge({ holdout: rows });
    expect(statusOf(judged, "calibration, queue")).toBe("failed");
    expect(statusOf(judged, "calibration, urgency")).toBe("passed");
  });

  test("one whose confidence no longer tells right from wrong is refused", () => {
    const rows = saying(holdout, ({ candidate }, index) => ({
      queue: { ...candidate.queue, confidence: 0.84 + (index % 10) / 1_000 },
    }));
    expect(statusOf(judge({ holdout: rows }), "risk-coverage, queue")).toBe("failed");
  });

  test("two models that are never wrong are no worse than each other", () => {
    const rows = exampleRows({ rows: 700, wins: 0, losses: 0, accuracy: 1 });
    expect(statusOf(judge({ holdout: rows }), "risk-coverage, queue")).toBe("passed");
  });
});

describe("what is handed over", () => {
  test("a candidate that trusts fewer of its right answers is refused, by 11 points", () => {
    const rows = saying(holdout, ({ candidate }, index) =>
      index % 4 === 0 ? { queue: { ...candidate.queue, abstains: true } } : {},
    );
    expect(statusOf(judge({ holdout: rows }), "coverage")).toBe("failed");
  });

  test("one that no longer trusts what was wrong is not", () => {
    const rows = saying(holdout, ({ candidate, queue }) => ({
      queue: { ...candidate.queue, abstains: candidate.queue.label !== queue },
    }));
    expect(statusOf(judge({ holdout: rows }), "coverage")).toBe("passed");
  });

  test("one that takes tickets for small talk is refused", () => {
    const rows = saying(holdout, (_, index) => ({ isOutOfScope: index % 20 === 0 }));
    expect(statusOf(judge({ holdout: rows }), "scope")).toBe("failed");
  });

  test("tickets that were borrowed for their urgency do not hide that", () => {
    const own = saying(holdout, (_, index) => ({ isOutOfScope: index % 20 === 0 }));
    const borrowed = [1, 2, 3].flatMap((copy) =>
      holdout.map((row) => ({ ...row, id: `${row.id} ${copy}`, queue: null })),
    );
    expect(statusOf(judge({ holdout: [...own, ...borrowed] }), "scope")).toBe("failed");
  });
});

describe("the second seed", () => {
  test("that does not pass keeps the lucky first one from shipping", () => {
    const unlucky = exampleRows({ rows: 1_500, wins: 0.01, losses: 0.06 });
    const rows = holdout.map((row, index) => ({ ...row, secondSeed: unlucky[index]!.candidate }));
    const judged = judge({ holdout: rows });
    expect(statusOf(judged, "holdout, queue")).toBe("passed");
    expect(statusOf(judged, "second seed")).toBe("failed");
  });

  test("that is not there is no pass", () => {
    const secondSeed = { problem: "The bundle has no readable manifest.json" };
    expect(statusOf(judge({ secondSeed }), "second seed")).toBe("could_not_run");
  });
});

describe("a model without a serving one of the same labels", () => {
  const others = { ...exampleFacts("serving"), queues: [...exampleQueues, "Badges"] };
  test.each<[string, Partial<Measurements>, boolean, string[]]>([
    ["no serving model, started by a person", { serving: null }, true, []],
    ["no serving model, started by nobody", { serving: null }, false, ["started by a person: failed"]],
    ["a queue less than the serving model, started by a person", { serving: others }, true, []],
    ["a queue less, started by nobody", { serving: others }, false, ["started by a person: failed"]],
    ["the same queues, and a person says it is the first of its data set", {}, true, []],
    ["no recent rows: there is nothing to compare them with", { serving: null, recent: [] }, true, []],
    [
      "no baseline",
      { serving: null, baseline: { problem: "baseline.json cannot be read" } },
      true,
      [
        "linear baseline, queue: could_not_run",
        "linear baseline, urgency: could_not_run",
        "second seed: could_not_run",
      ],
    ],
  ])("%s", (_, change, isFirst, short) => {
    const judged = judge(change, { isFirst });
    expect(judged.comparedWith).toBe("baseline");
    expect(shortOf(judged)).toEqual(short);
  });

  test("that is no better than a linear one is refused", () => {
    const rows = holdout.map((row) => ({
      ...row,
      baseline: { queue: row.candidate.queue.label, urgency: row.candidate.urgency.label },
    }));
    expect(shortOf(judge({ serving: null, holdout: rows }, { isFirst: true }))).toEqual([
      "linear baseline, queue: failed",
      "second seed: failed",
    ]);
  });

  test("the same queues in another order are the same labels", () => {
    const serving = { ...exampleFacts("serving"), queues: exampleQueues.toReversed() };
    expect(judge({ serving }).comparedWith).toBe("serving");
  });
});

describe("key two", () => {
  const agreement = { rows: 4_000, missing: 0, largestDifference: 5e-7, flipped: 0, worstRow: "r1" };
  const plain = { model: "queue", booster: "gbtree", parallelTrees: 1 };
  const golden = {
    questions: 48,
    withKnownQueue: 48,
    queueAccepted: 47,
    urgencyAccepted: 44,
    outOfScope: 0,
    notNumbers: 0,
    missed: [],
  };
  const latency = (models: number, whole: number) => ({
    tickets: 200,
    wholeMs: { median: whole, p95: 900 },
    embeddingMs: { median: 1, p95: 1 },
    modelsMs: { median: models, p95: 900 },
  });
  test.each<[string, Verdict, string, Partial<Measurements>]>([
    [
      "Python against ONNX",
      "failed",
      "2e-5 apart",
      { agreement: { value: { ...agreement, largestDifference: 2e-5 } } },
    ],
    [
      "Python against ONNX",
      "failed",
      "a flipped label",
      { agreement: { value: { ...agreement, flipped: 1 } } },
    ],
    [
      "Python against ONNX",
      "failed",
      "no number",
      { agreement: { value: { ...agreement, largestDifference: Number.POSITIVE_INFINITY } } },
    ],
    [
      "Python against ONNX",
      "could_not_run",
      "999 rows",
      { agreement: { value: { ...agreement, rows: 999 } } },
    ],
    [
      "Python against ONNX",
      "could_not_run",
      "a row missing",
      { agreement: { value: { ...agreement, missing: 1 } } },
    ],
    ["Python against ONNX", "could_not_run", "no file", { agreement: { problem: "no file" } }],
    ["plain trees", "failed", "dart", { trees: { value: [{ ...plain, booster: "dart" }] } }],
    [
      "plain trees",
      "failed",
      "parallel trees",
      { trees: { value: [plain, { ...plain, parallelTrees: 4 }] } },
    ],
    ["plain trees", "failed", "no model", { trees: { value: [] } }],
    ["plain trees", "could_not_run", "no file", { trees: { problem: "no file" } }],
    ["golden questions", "failed", "queues", { golden: { value: { ...golden, queueAccepted: 43 } } }],
    ["golden questions", "failed", "urgencies", { golden: { value: { ...golden, urgencyAccepted: 35 } } }],
    ["golden questions", "failed", "out of scope", { golden: { value: { ...golden, outOfScope: 3 } } }],
    ["golden questions", "failed", "no number", { golden: { value: { ...golden, notNumbers: 1 } } }],
    [
      "golden questions",
      "could_not_run",
      "another desk's queues",
      { golden: { value: { ...golden, withKnownQueue: 19 } } },
    ],
    ["golden questions", "could_not_run", "no file", { golden: { problem: "no file" } }],
    ["latency", "failed", "slow models", { latency: { value: latency(21, 30) } }],
    ["latency", "failed", "a slow way", { latency: { value: latency(2, 501) } }],
    ["latency", "could_not_run", "nothing to time", { latency: { problem: "no text" } }],
    ["features", "failed", "another list", { candidate: { ...exampleFacts("c"), featureHash: "others" } }],
    ["embedder", "failed", "another one", { candidate: { ...exampleFacts("c"), embedder: "others" } }],
    [
      "embedder",
      "failed",
      "the serving model has another",
      { serving: { ...exampleFacts("s"), embedder: "others" } },
    ],
  ])("%s: %s, %s", (name, status, _, change) => {
    const judged = judge(change);
    expect(shortOf(judged)).toEqual([`${name}: ${status}`]);
    expect(judged.checks.find((check) => check.name === name)?.why).not.toBe("");
  });
});

test.each<[string, Partial<Measurements>]>([
  ["the candidate", { candidate: { ...exampleFacts("c"), rowWithoutNumber: "r7" } }],
  ["the second seed", { secondSeed: { value: { ...exampleFacts("c"), rowWithoutNumber: "r7" } } }],
  ["the serving model", { serving: { ...exampleFacts("s"), rowWithoutNumber: "r7" } }],
])(
  "a probability of %s that is no number is named with its row, and no metric is made of it",
  (who, change) => {
    const judged = judge(change);
    expect(shortOf(judged)).toEqual(["probabilities are numbers: failed"]);
    expect(judged.checks.find(({ status }) => status === "failed")?.why).toContain(`${who} says of row r7`);
    expect(judged.checks.filter(({ key }) => key === 1)).toHaveLength(1);
  },
);
