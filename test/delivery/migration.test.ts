// What the Job of infra/k3s makes of how scripts/migrate.ts ends.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { parse } from "yaml";
import { runProgram } from "../../scripts/delivery/run-program.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createTestDatabase } from "../database/create-test-database.ts";

// The first use installs PostgreSQL.
vi.setConfig({ testTimeout: 300_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const migrate = (url: string) =>
  runProgram("node", ["scripts/migrate.ts"], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: url },
    timeoutMs: 120_000,
  });

test("a database that is away is tried again, and nothing else is", async () => {
  const { spec } = parse(await readFile(join(root, "infra/k3s/base/migrate-job/job.yaml"), "utf8"));
  const [, { onExitCodes }] = spec.podFailurePolicy.rules;
  expect(onExitCodes).toEqual({ containerName: "migrate", operator: "NotIn", values: [3] });
  // Port 9 is nobody's here; a name that nothing answers to is what a pod sees before the database is ready.
  for (const url of ["postgres://a:b@127.0.0.1:9/c", "postgres://a:b@postgres.invalid:5432/c"])
    expect(await migrate(url)).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("is away") });
  const url = await createTestDatabase();
  expect(await migrate(url)).toMatchObject({ exitCode: 0 });
  const database = openNodePostgres({ url });
  await database.run((drizzle) =>
    drizzle.execute(sql`update schema_migrations set hash = hash || '-edited'`),
  );
  await database.close();
  expect(await migrate(url)).toMatchObject({ exitCode: 1 });
});
