import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { snapshot } from "./snapshot.ts";
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

const take = (out: string) =>
  snapshot({ ticketsFolder: join(folder, "tickets"), outFolder: join(folder, out), params, log: () => {} });

async function rowsOf(out: string): Promise<SnapshotRow[]> {
  const text = await readFile(join(folder, out, "rows.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => snapshotRowSchema.parse(JSON.parse(line)));
}

test("the same tickets give the same bytes", async () => {
  await writeTickets();
  await take("one");
  await take("two");
  expect(await readFile(join(folder, "one/rows.jsonl"))).toEqual(
    await readFile(join(folder, "two/rows.jsonl")),
  );
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

test("tickets that are not ready leave no snapshot behind", async () => {
  await writeTickets([{ id: "lone", body: "lone words here", queue: "Badges", urgency: "low" }]);
  await expect(take("out")).rejects.toThrow('queue "Badges": 1 rows, at least 4 are needed');
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
