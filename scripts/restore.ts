// Restores a file of backup.ts: node scripts/restore.ts FILE [--kubernetes] [--namespace NAME] [--force]. Exit codes: 0 restored, 1 broken, 2
// refused or used wrongly; the database is as it was unless it ended with 0.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { BackupError } from "./database-backup/backup-error.ts";
import { localPrograms, podPrograms } from "./database-backup/postgres-programs.ts";
import { restoreBackup } from "./database-backup/restore-backup.ts";

const usage = `Usage: ./scripts/restore FILE [--force] [--kubernetes] [--namespace support-it-agent]

Into the database of DATABASE_URL, or with --kubernetes into the one of infra/k3s/components/postgres. It must be empty; --force drops
everything in it first. Stop API and trainer before (docs/operations.md).`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      force: { type: "boolean", default: false },
      kubernetes: { type: "boolean", default: false },
      namespace: { type: "string", default: "support-it-agent" },
    },
  });
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new BackupError(2, usage);
  const programs = values.kubernetes
    ? podPrograms(process.env, values.namespace)
    : localPrograms(process.env);
  console.error(`Restoring ${file} into ${programs.place} ...`);
  const { tables } = await restoreBackup(programs, resolve(file), values.force);
  console.error(
    `Restored: ${tables} tables. If this version is newer than the backup, run the migration now: node scripts/migrate.ts`,
  );
} catch (error) {
  const isUsage = error instanceof TypeError && "code" in error;
  console.error(error instanceof Error ? error.message : String(error));
  if (isUsage) console.error(usage);
  process.exitCode = error instanceof BackupError ? error.exitCode : isUsage ? 2 : 1;
}
