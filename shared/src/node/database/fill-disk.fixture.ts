// node this file DISK, a mounted disk of 100 MB: an embedded database on it while the disk fills up. Prints what came of each step as JSON.
import { closeSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { freeBytes } from "./free-bytes.ts";
import { openPglite } from "./open-pglite.ts";

const disk = process.argv[2] ?? "";
const ballast = join(disk, "ballast");
const mebibyte = 1024 * 1024;
const steps: Record<string, unknown> = {};

/** False: the disk is said to be empty, as where another program fills it between two looks. */
let isTold = true;
const database = await openPglite(join(disk, "data"), {
  freeBytes: async (folder) => (isTold ? freeBytes(folder) : Number.POSITIVE_INFINITY),
});
const insert = () =>
  database.rows(sql`insert into lines (line) values (${"a".repeat(4_000)})`).then(
    () => "written",
    (error: Error) => `${error.name}: ${error.message}`,
  );
const count = async () => (await database.rows(sql`select count(*)::int as count from lines`))[0]?.count;

await database.rows(sql`create table lines (line text)`);
await database.rows(sql`alter table lines alter line set storage plain`);
steps.roomy = await insert();
await database.rows(sql`create table kept as select * from lines`);
leave(20);
await sleep(1_100);
steps.nearlyFull = await insert();
steps.countNearlyFull = await count();

isTold = false;
leave(8);
await sleep(1_100);
let said = "written";
while (said === "written") {
  // The table itself is to take no room: its log alone grows.
  await database.rows(sql`truncate lines`).catch(() => {});
  said = await insert();
}
steps.full = said;
steps.after = await Promise.all([insert(), count().catch((error: Error) => error.name)]);
steps.inTransaction = await database
  .run((drizzle) => drizzle.transaction((tx) => tx.execute(sql`insert into lines values ('b')`)))
  .then(
    () => "written",
    (error: Error) => error.name,
  );
isTold = true;
await sleep(5_100);
steps.stillFull = await insert();
rmSync(ballast);
await sleep(5_100);
steps.freed = await insert();
steps.kept = await database.rows(sql`select count(*)::int as count from kept`);
leave(0);
await database.close();
rmSync(join(disk, "data/lock.sqlite"));
const none = await openPglite(join(disk, "data"));
steps.none = await none.rows(sql`select 1`).catch((error: Error) => error.message);
await none.close();
process.stdout.write(JSON.stringify(steps));

/** Fills the disk until it has `freeMegabytes` left. */
function leave(freeMegabytes: number): void {
  rmSync(ballast, { force: true });
  const file = openSync(ballast, "w");
  const { bavail, bsize } = statfsSync(disk);
  const block = Buffer.alloc(65_536);
  for (let left = bavail * bsize - freeMegabytes * mebibyte; left > 0; left -= block.length)
    writeSync(file, block, 0, Math.min(left, block.length));
  closeSync(file);
}
