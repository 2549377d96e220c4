import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type SnapshotOptions, snapshot } from "./snapshot.ts";
import { type SnapshotRow, snapshotRowSchema } from "./snapshot-row.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "snapshot-"));
  await mkdir(join(folder, "tickets"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const params = {
  seed: 1,
  snapshot: {
    near_duplicate_cosine: 0.45,
    shares: { train: 0.5, calibration: 0.25, holdout: 0.25 },
    min_rows_per_class: 4,
  },
};

// Words that no two rows share, so that every row is a group of its own.
const words = (index: number) => `q${index}a q${index}b q${index}c`;

async function writeTickets(extra: object[] = []): Promise<void> {
  const tickets = Array.from({ length: 48 }, (_, index) => ({
    id: `t-${index}`,
    subject: `Subject ${words(index)}`,
    body: words(index + 100),
    queue: index % 2 === 0 ? "Mail" : "Print",
    urgency: ["low", "medium", "high"][Math.floor(index / 2) % 3],
  }));
  const chats = Array.from({ length: 8 }, (_, index) => ({ id: `o-${index}`, body: words(index + 200) }));
  const lines = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  await writeFile(join(folder, "tickets/all.jsonl"), lines([...tickets, ...extra]));
  await writeFile(join(folder, "tickets/out-of-scope.jsonl"), lines(chats));
}

const take = (out: string, options: Partial<SnapshotOptions> = {}) =>
  snapshot({
    dataSet: "test",
    ticketsFolder: join(folder, "tickets"),
    outFolder: join(folder, out),
    params,
    log: () => {},
    ...options,
  });

async function rowsOf(out: string): Promise<SnapshotRow[]> {
  const text = await readFile(join(folder, out, "rows.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => snapshotRowSchema.parse(JSON.parse(line)));
}

test("the same tickets give the same bytes, in whatever order and files they come", async () => {
  await writeTickets();
  await take("one");
  const lines = (await readFile(join(folder, "tickets/all.jsonl"), "utf8")).trim().split("\n");
  await writeFile(join(folder, "tickets/all.jsonl"), `${lines.toReversed().join("\n")}\n`);
  await take("two");
  for (const name of ["rows.jsonl", "set-aside.jsonl", "snapshot.json"]) {
    expect(await readFile(join(folder, "one", name))).toEqual(await readFile(join(folder, "two", name)));
  }
});

test("snapshot.json counts what is in it and names neither clock nor machine", async () => {
  await writeTickets();
  await take("out");
  const description = JSON.parse(await readFile(join(folder, "out/snapshot.json"), "utf8"));
  expect(description).toMatchObject({
    data_set: "test",
    row_count: 56,
    splits: { train: 28, calibration: 14, holdout: 14, recent: 0 },
    sources: { all: 48, "out-of-scope": 8 },
    time: { rows_with_time: 0, recent_from: null, no_recent_window: "params name none" },
  });
});

test("rows carry prepared text: an address never reaches the training set", async () => {
  await writeTickets([
    { id: "pii", subject: "", body: "write to jo@example.com", queue: "Mail", urgency: "low" },
  ]);
  await take("out");
  const row = (await rowsOf("out")).find(({ id }) => id === "pii");
  expect(row?.text).toBe("write to [EMAIL_1]");
});

test("near-duplicates share group and split", async () => {
  await writeTickets([
    { id: "x-1", body: "the big screen in room four stays dark", queue: "Print", urgency: "low" },
    { id: "x-2", body: "The big screen in room 4 stays dark!", queue: "Print", urgency: "high" },
  ]);
  await take("out");
  const [first, second] = (await rowsOf("out")).filter(({ id }) => id.startsWith("x-"));
  expect(second).toMatchObject({ group: "x-1", split: first?.split });
});

test("a ticket may lack its queue or its urgency, and not both", async () => {
  await writeTickets([
    { id: "q", body: "only a queue here", queue: "Mail" },
    { id: "u", body: "merely urgent there", urgency: "high", queue: null },
  ]);
  await take("out");
  const rows = await rowsOf("out");
  expect(rows.find(({ id }) => id === "q")).toMatchObject({ queue: "Mail", urgency: null });
  expect(rows.find(({ id }) => id === "u")).toMatchObject({ queue: null, urgency: "high" });
  await writeTickets([{ id: "n", body: "no label at all" }]);
  await expect(take("out")).rejects.toThrow("has neither queue nor urgency");
});

test("a text of 100 KB is a row like another", async () => {
  const long = Array.from({ length: 12_000 }, (_, index) => `word${index}`).join(" ");
  await writeTickets([{ id: "long", body: long.slice(0, 100_000), queue: "Mail", urgency: "low" }]);
  await take("out");
  expect((await rowsOf("out")).find(({ id }) => id === "long")?.text.length).toBeGreaterThan(99_000);
});

test("what was held out once is held out in every later snapshot, and nothing near to it is trained on", async () => {
  await writeTickets();
  await take("one");
  const held = (await rowsOf("one")).filter(({ split, in_scope }) => split === "holdout" && in_scope);
  const trained = (await rowsOf("one")).find(({ split, in_scope }) => split === "train" && in_scope)!;
  const [first] = held;
  await writeTickets([
    { id: "copy", body: `${first!.text} again`, queue: "Mail", urgency: "low" },
    { id: "bridge", body: `${held[1]!.text} ${trained.text}`, queue: "Mail", urgency: "low" },
    ...Array.from({ length: 40 }, (_, index) => ({
      id: `n-${index}`,
      body: words(index + 300),
      queue: index % 2 === 0 ? "Mail" : "Print",
      urgency: ["low", "medium", "high"][index % 3],
    })),
  ]);
  await take("two", {
    previousFolder: join(folder, "one"),
    params: { ...params, seed: 77 },
  });
  const rows = await rowsOf("two");
  const splitOf = (id: string) => rows.find((row) => row.id === id)?.split;
  for (const { id } of held) expect(splitOf(id)).toBe("holdout");
  expect(splitOf("copy")).toBe("holdout");
  expect(splitOf("bridge")).toBe("holdout");
  const aside = (await readFile(join(folder, "two/set-aside.jsonl"), "utf8")).trim().split("\n");
  expect(aside.map((line) => JSON.parse(line))).toEqual([
    { id: trained.id, reason: "near_duplicate_of_holdout", was_trained: true },
  ]);
  // The new rows are shared out: 88 tickets, a quarter of them held out.
  expect(rows.filter(({ split, in_scope }) => split === "holdout" && in_scope).length).toBeGreaterThan(
    held.length + 5,
  );

  await take("three", { previousFolder: join(folder, "two") });
  expect((await rowsOf("three")).find(({ id }) => id === trained.id)).toBeUndefined();
});

test("a data set without texts out of scope borrows those that its parameters name", async () => {
  await writeTickets();
  const borrowed = join(folder, "out-of-scope.jsonl");
  await rename(join(folder, "tickets/out-of-scope.jsonl"), borrowed);
  await expect(take("out")).rejects.toThrow("snapshot.out_of_scope");
  await take("out", { params: { ...params, snapshot: { ...params.snapshot, out_of_scope: borrowed } } });
  expect((await rowsOf("out")).filter(({ in_scope }) => !in_scope)).toHaveLength(8);
});

describe("tickets that are borrowed for scope alone", () => {
  const borrowing = () => ({
    ...params,
    snapshot: {
      ...params.snapshot,
      out_of_scope: join(folder, "borrowed/out-of-scope.jsonl"),
      in_scope: join(folder, "borrowed"),
    },
  });
  const lend = async () => {
    await writeTickets();
    await mkdir(join(folder, "borrowed"));
    await rename(join(folder, "tickets/out-of-scope.jsonl"), join(folder, "borrowed/out-of-scope.jsonl"));
    const own = await readFile(join(folder, "tickets/all.jsonl"), "utf8");
    const lent = Array.from({ length: 12 }, (_, index) => ({
      id: `b-${index}`,
      body: words(index + 400),
      queue: "Badges",
      urgency: "high",
    }));
    const lines = lent.map((row) => `${JSON.stringify(row)}\n`).join("");
    // The last is one of the desk's own under another id.
    await writeFile(
      join(folder, "borrowed/short.jsonl"),
      `${lines}${own.split("\n")[0]?.replace('"t-0"', '"b-own"')}\n`,
    );
  };

  test("train, have neither queue nor urgency, and move no own row", async () => {
    await lend();
    const { in_scope, ...without } = borrowing().snapshot;
    await take("without", { params: { ...params, snapshot: without } });
    const lines: string[] = [];
    await take("out", { params: borrowing(), log: (line) => lines.push(line) });
    const rows = await rowsOf("out");
    const own = await rowsOf("without");
    expect(rows.slice(0, own.length)).toEqual(own);
    const borrowed = rows.slice(own.length);
    expect(borrowed).toHaveLength(12);
    for (const row of borrowed)
      expect(row).toMatchObject({
        split: "train",
        in_scope: true,
        queue: null,
        urgency: null,
        source: "short",
      });
    const description = JSON.parse(await readFile(join(folder, "out/snapshot.json"), "utf8"));
    expect(description.borrowed_in_scope).toEqual({ rows: 12, near_own: 1 });
    expect(lines).toContain("borrowed for scope alone: 12 tickets (1 near to your own are left out)");
  });

  test("are in nobody's way: a later ticket of the desk's own in the same words is placed like a new one", async () => {
    await lend();
    await take("one", { params: borrowing() });
    const own = Array.from({ length: 12 }, (_, index) => ({
      id: `own-${index}`,
      body: words(index + 400),
      queue: index % 2 === 0 ? "Mail" : "Print",
      urgency: "low",
    }));
    await writeTickets(own);
    await rm(join(folder, "tickets/out-of-scope.jsonl"));
    await take("two", { params: borrowing(), previousFolder: join(folder, "one") });
    const rows = await rowsOf("two");
    const placed = new Set(rows.filter(({ id }) => id.startsWith("own-")).map(({ split }) => split));
    expect([...placed].sort()).toEqual(["calibration", "holdout", "train"]);
    expect(rows.some(({ id }) => id.startsWith("b-"))).toBe(false);
  });

  test("are asked for by the parameter's name where their folder is missing", async () => {
    await lend();
    const { snapshot: named } = borrowing();
    const missing = { ...params, snapshot: { ...named, in_scope: join(folder, "nowhere") } };
    await expect(take("out", { params: missing })).rejects.toThrow("by snapshot.in_scope in params.yaml");
  });

  test("stay away where the desk has texts out of scope of its own", async () => {
    await lend();
    await writeTickets();
    await take("out", { params: borrowing() });
    expect(await rowsOf("out")).toHaveLength(56);
    const description = JSON.parse(await readFile(join(folder, "out/snapshot.json"), "utf8"));
    expect(description).not.toHaveProperty("borrowed_in_scope");
  });
});

test("a rare queue counts to the one that the parameters name", async () => {
  await writeTickets([{ id: "lone", body: "lone words here", queue: "Badges", urgency: "low" }]);
  const merge_queues = { Badges: "Mail" };
  await take("out", { params: { ...params, snapshot: { ...params.snapshot, merge_queues } } });
  expect((await rowsOf("out")).find(({ id }) => id === "lone")?.queue).toBe("Mail");
});

test("a queue may be called what objects inherit", async () => {
  const names = ["constructor", "__proto__"];
  const rows = names.flatMap((queue, list) =>
    [1, 2, 3, 4, 5, 6].map((n) => ({
      id: `${queue}${n}`,
      body: words(300 + 10 * list + n),
      queue,
      urgency: "low",
    })),
  );
  await writeTickets(rows);
  await take("out");
  const queues = (await rowsOf("out")).map(({ queue }) => queue);
  for (const name of names) expect(queues.filter((queue) => queue === name)).toHaveLength(6);
});

test("tickets that are not ready leave no snapshot behind", async () => {
  await writeTickets([{ id: "lone", body: "lone words here", queue: "Badges", urgency: "low" }]);
  await expect(take("out")).rejects.toThrow('queue "Badges": 1 rows, at least 4 are needed');
  await expect(stat(join(folder, "out"))).rejects.toThrow("ENOENT");
});

const setAside = { ...params, snapshot: { ...params.snapshot, rare_queues: "set_aside" as const } };

test("with rare_queues: set_aside one stray queue is set aside, counted and named, and all else is as without it", async () => {
  await writeTickets();
  await take("without", { params: setAside });
  await writeTickets([{ id: "lone", body: "lone words here", queue: "Badges", urgency: "low" }]);
  const lines: string[] = [];
  await take("out", { params: setAside, log: (line) => lines.push(line) });
  expect(await rowsOf("out")).toEqual(await rowsOf("without"));
  expect(JSON.parse(await readFile(join(folder, "out/set-aside.jsonl"), "utf8"))).toEqual({
    id: "lone",
    reason: "rare_queue",
    was_trained: false,
  });
  const description = JSON.parse(await readFile(join(folder, "out/snapshot.json"), "utf8"));
  expect(description).toMatchObject({ set_aside: { rare_queue: 1 }, rare_queues: { Badges: 1 } });
  expect(lines).toContain('set aside: queue "Badges" with 1 rows, too few to train on');
});

test("a queue whose rows are near-duplicates of each other is rare, however many there are", async () => {
  const copies = Array.from({ length: 9 }, (_, index) => ({
    id: `copy-${index}`,
    body: "the same badge is lost",
    queue: "Badges",
    urgency: "low",
  }));
  await writeTickets(copies);
  await expect(take("refused")).rejects.toThrow('queue "Badges"');
  await take("out", { params: setAside });
  expect((await rowsOf("out")).some(({ queue }) => queue === "Badges")).toBe(false);
});

test("an urgency that goes with a rare queue is still refused, and so are queues that are all rare", async () => {
  await writeTickets();
  const text = await readFile(join(folder, "tickets/all.jsonl"), "utf8");
  const tickets = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const write = (change: (row: { urgency: string }, index: number) => object) =>
    writeFile(
      join(folder, "tickets/all.jsonl"),
      tickets.map((row, index) => `${JSON.stringify({ ...row, ...change(row, index) })}\n`).join(""),
    );
  // Every urgent ticket is of a queue with two rows.
  await write(({ urgency }, index) =>
    urgency === "high" ? (index < 10 ? { queue: "Badges" } : { urgency: "low" }) : {},
  );
  await expect(take("out", { params: setAside })).rejects.toThrow('urgency "high": 0 rows');
  await write((_, index) => ({ queue: `Queue ${index % 24}` }));
  await expect(take("out", { params: setAside })).rejects.toThrow('queue "Queue 7": 2 rows');
  await expect(stat(join(folder, "out"))).rejects.toThrow("ENOENT");
});

test.each([
  ["no JSON", "{oops\n", "bad.jsonl:1 is no JSON"],
  ["another urgency", '{"id":"b","body":"b","queue":"Mail","urgency":"asap"}\n', "bad.jsonl:1 is not a row"],
  ["an id that is taken", '{"id":"t-1","body":"b","queue":"Mail","urgency":"low"}\n', 'have the id "t-1"'],
])("a line with %s is named with its file", async (_, line, message) => {
  await writeTickets();
  await writeFile(join(folder, "tickets/bad.jsonl"), line);
  await expect(take("out")).rejects.toThrow(message);
});
