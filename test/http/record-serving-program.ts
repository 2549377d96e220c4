// What an instance does when it becomes ready, twenty times over: record-serving-program.ts BUNDLE_HASH, on DATABASE_URL.
import { recordServing } from "../../api/src/records/record-serving.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";

const database = openNodePostgres({ url: process.env.DATABASE_URL ?? "" });
const bundleHash = process.argv[2] ?? "";
for (let attempt = 0; attempt < 20; attempt += 1) {
  await recordServing(database)({ bundleHash, modelVersion: bundleHash });
}
await database.close();
