import { type CreatedKey, createKey } from "../../api/src/auth/create-key.ts";
import { listKeys } from "../../api/src/auth/list-keys.ts";
import { type Revocation, revokeKey } from "../../api/src/auth/revoke-key.ts";
import type { Scope } from "../../api/src/auth/scopes.ts";
import type { StoredKey } from "../../api/src/auth/stored-key.ts";
import type { Config } from "../../api/src/config.ts";
import { StatementError } from "../../shared/src/database/statement-error.ts";
import { createHttpKeys } from "./create-http-keys.ts";
import { openForCommand } from "./open-for-command.ts";

/** Keys as a command keeps them: straight in the database, or through the server that holds it open. */
export type KeyStore = AsyncDisposable & {
  /** Where the keys are, for people. */
  readonly target: string;
  create(key: {
    readonly name: string;
    readonly scopes: readonly Scope[];
    readonly expiresInDays: number | null;
  }): Promise<CreatedKey>;
  list(): Promise<StoredKey[]>;
  /** Null where no key has the prefix. */
  revoke(revocation: Revocation): Promise<StoredKey | null>;
};

const dayMs = 86_400_000;

/**
 * Opens the keys of the configuration's database. The embedded one takes one process at a time: where a server has it open, the work
 * goes through that server, with the key of SUPPORT_IT_AGENT_KEY. `actor` is who the audit log names. Throws
 * DataDirectoryLockedError where the holder serves nothing.
 */
export async function openKeys(config: Config, actor: string): Promise<KeyStore> {
  return openForCommand<KeyStore>(
    config,
    ({ database, target }) => ({
      target,
      create: ({ expiresInDays, ...key }) => {
        const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * dayMs);
        return explained(createKey(database, { ...key, expiresAt }, actor));
      },
      list: () => explained(listKeys(database)),
      revoke: (revocation) => explained(revokeKey(database, revocation, actor)),
      [Symbol.asyncDispose]: () => database.close(),
    }),
    (url) => createHttpKeys(url, process.env.SUPPORT_IT_AGENT_KEY),
  );
}

/** A database without the tables is the usual fault here: it is said with what to do. */
async function explained<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const isSchemaMissing = error instanceof StatementError && /^42(P01|703)$/.test(error.sqlState ?? "");
    if (!isSchemaMissing) throw error;
    throw new Error(
      'The database of DATABASE_URL has not the schema of this version: run "node scripts/migrate.ts" first.',
      { cause: error },
    );
  }
}
