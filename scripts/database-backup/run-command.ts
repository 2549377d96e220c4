import { callerPath } from "../lib/caller-path.ts";
import { parseCommand } from "../lib/parse-command.ts";
import { BackupError } from "./backup-error.ts";
import { localPrograms, type PostgresPrograms, podPrograms } from "./postgres-programs.ts";

type FileCommand = {
  readonly usage: string;
  /** Options of this command alone; none takes a value. */
  readonly flags?: readonly string[];
  readonly run: (
    file: string,
    programs: PostgresPrograms,
    isGiven: (flag: string) => boolean,
  ) => Promise<void>;
};

/**
 * What ./scripts/backup and ./scripts/restore are called with: FILE, and --kubernetes where the database is the one of infra/k3s. Sets the process' exit
 * code: 0 done, 1 broken, 2 refused or used wrongly, with the reason on stderr.
 */
export async function runCommand({ usage, flags = [], run }: FileCommand): Promise<void> {
  const { values, positionals, refuse } = parseCommand({
    usage,
    mostPositionals: 1,
    options: {
      ...Object.fromEntries(flags.map((flag) => [flag, { type: "boolean" } as const])),
      kubernetes: { type: "boolean" },
      namespace: { type: "string", default: "support-it-agent" },
    },
  });
  const [file] = positionals;
  if (!file) return refuse("No file was named.");
  try {
    const programs = values.kubernetes
      ? podPrograms(process.env, values.namespace)
      : localPrograms(process.env);
    const given = new Map<string, unknown>(Object.entries(values));
    await run(callerPath(file), programs, (flag) => given.get(flag) === true);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof BackupError ? error.exitCode : 1;
  }
}
