// Saves the PostgreSQL database: node scripts/backup.ts FILE [--kubernetes] [--namespace NAME]. The file's name goes to stdout, what a person
// should read to stderr. Exit codes: 0 saved, 1 broken, 2 refused or used wrongly.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { BackupError } from "./database-backup/backup-error.ts";
import { localPrograms, podPrograms } from "./database-backup/postgres-programs.ts";
import { writeBackup } from "./database-backup/write-backup.ts";

const usage = `Usage: ./scripts/backup FILE [--kubernetes] [--namespace support-it-agent]

The database of DATABASE_URL, by the pg_dump in PATH or in the folder PG_BIN (its version must be the server's or newer); with
--kubernetes the one of infra/k3s/components/postgres, by the pg_dump of its pod. FILE.sha256 is written beside it.`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kubernetes: { type: "boolean", default: false },
      namespace: { type: "string", default: "support-it-agent" },
    },
  });
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new BackupError(2, usage);
  const programs = values.kubernetes
    ? podPrograms(process.env, values.namespace)
    : localPrograms(process.env);
  console.error(`Saving ${programs.place} ...`);
  const backup = await writeBackup(programs, resolve(file));
  console.log(backup.file);
  console.error(
    `Saved: ${backup.bytes} bytes, sha256 ${backup.sha256}. Keep both files, elsewhere than on that machine.`,
  );
} catch (error) {
  const isUsage = error instanceof TypeError && "code" in error;
  console.error(error instanceof Error ? error.message : String(error));
  if (isUsage) console.error(usage);
  process.exitCode = error instanceof BackupError ? error.exitCode : isUsage ? 2 : 1;
}
