import { BackupError } from "./backup-error.ts";

/** What an address may say behind its "?", and the variable in which PostgreSQL's own programs look for it. */
const parameters: Readonly<Record<string, string>> = {
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  channel_binding: "PGCHANNELBINDING",
  application_name: "PGAPPNAME",
  connect_timeout: "PGCONNECT_TIMEOUT",
  options: "PGOPTIONS",
};

/**
 * A connection string as the variables of PostgreSQL's own programs: on a command line every process of the machine could read the password.
 * Throws BackupError (2) for what is none, without repeating it.
 */
export function libpqEnvironment(url: string): Record<string, string> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (
    !parsed ||
    !/^postgres(ql)?:$/.test(parsed.protocol) ||
    !parsed.hostname ||
    parsed.pathname.length < 2
  ) {
    throw new BackupError(2, "DATABASE_URL must be postgres://USER:PASSWORD@HOST:PORT/DATABASE.");
  }
  const environment: Record<string, string> = {
    PGHOST: parsed.hostname.replace(/^\[|\]$/g, ""),
    PGPORT: parsed.port || "5432",
    PGUSER: decodeURIComponent(parsed.username),
    PGPASSWORD: decodeURIComponent(parsed.password),
    PGDATABASE: decodeURIComponent(parsed.pathname.slice(1)),
    PGCONNECT_TIMEOUT: "15",
  };
  for (const [name, value] of parsed.searchParams) {
    const variable = parameters[name];
    if (!variable)
      throw new BackupError(2, `DATABASE_URL: the parameter ${name} is not known here. Leave it out.`);
    environment[variable] = value;
  }
  return environment;
}
