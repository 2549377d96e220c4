// Restores a file of backup.ts: node scripts/restore.ts FILE [--kubernetes] [--namespace NAME] [--force]. Exit codes: 0 restored, 1 broken, 2
// refused or used wrongly; the database is as it was unless it ended with 0.
import { restoreBackup } from "./database-backup/restore-backup.ts";
import { runCommand } from "./database-backup/run-command.ts";

await runCommand({
  usage: `Usage: ./scripts/restore FILE [--force] [--kubernetes] [--namespace support-it-agent]

Into the database of DATABASE_URL, or with --kubernetes into the one of infra/k3s/components/postgres. It must be empty; --force drops
everything in it first. Stop API and trainer before (docs/operations.md).`,
  flags: ["force"],
  run: async (file, programs, isGiven) => {
    console.error(`Restoring ${file} into ${programs.place} ...`);
    const { tables } = await restoreBackup(programs, file, isGiven("force"));
    console.error(
      `Restored: ${tables} tables. If this version is newer than the backup, run the migration now: node scripts/migrate.ts`,
    );
  },
});
