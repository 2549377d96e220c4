// Saves the PostgreSQL database: node scripts/backup.ts FILE [--kubernetes] [--namespace NAME]. The file's name goes to stdout, what a person
// should read to stderr. Exit codes: 0 saved, 1 broken, 2 refused or used wrongly.
import { runCommand } from "./database-backup/run-command.ts";
import { writeBackup } from "./database-backup/write-backup.ts";

await runCommand({
  usage: `Usage: ./scripts/backup FILE [--kubernetes] [--namespace support-it-agent]

The database of DATABASE_URL, by the pg_dump in PATH or in the folder PG_BIN (its version must be the server's or newer); with
--kubernetes the one of infra/k3s/components/postgres, by the pg_dump of its pod. FILE.sha256 is written beside it.`,
  run: async (file, programs) => {
    console.error(`Saving ${programs.place} ...`);
    const backup = await writeBackup(programs, file);
    console.log(backup.file);
    console.error(
      `Saved: ${backup.bytes} bytes, sha256 ${backup.sha256}. Keep both files, elsewhere than on that machine.`,
    );
  },
});
