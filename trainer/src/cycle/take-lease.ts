import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@support-it-agent/shared/database/database";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import { newId } from "@support-it-agent/shared/new-id";
import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";

/** The right to run cycles, held by one process at a time. */
export type Lease = {
  readonly holder: string;
  /** Grows with every holder. */
  readonly fence: number;
  /** Aborts when the lease is lost: whoever holds it must stop what it does. */
  readonly lost: AbortSignal;
  /** A condition that is true in the database as long as this holder has the lease: every write of a cycle names it. */
  readonly isHeld: SQL<boolean>;
  /** Ends the heartbeat and gives the lease back; silent where the database is away, since the lease runs out by itself. */
  readonly release: () => Promise<void>;
};

const rowSchema = z.object({ fence: z.number().int() });

/**
 * Takes the lease `name`, or resolves with null where another process holds it. It lasts `ttlMs` and is renewed every third of that; a process that
 * dies frees it so. Times are the database's alone, so that clocks of pods do not matter; that of this process only measures how
 * long ago the last renewal was begun. After `ttlMs` without one the lease counts as lost here, no later than the database lets another have it.
 * Throws DatabaseUnavailableError. (Lease with fencing: Kleppmann, Designing Data-Intensive Applications, chapter 8.)
 */
export async function takeLease(
  database: Database,
  { name, ttlMs, onRenewalFailed }: LeaseOptions,
): Promise<Lease | null> {
  const holder = newId();
  const begun = performance.now();
  const [row] = await database.rows(takeOver(name, holder, ttlMs), { isRead: true });
  if (!row) return null;
  const { fence } = rowSchema.parse(row);
  const lost = new AbortController();
  const released = new AbortController();
  const isHeld = sql<boolean>`exists (select from trainer_leases where name = ${name} and holder = ${holder}::uuid
    and expires_at > now())`;

  /** Renews until released. Every failed try is told; only one that ran into the end of the lease loses it. */
  const heartbeat = async () => {
    let renewedAt = begun;
    while (!released.signal.aborted) {
      await sleep(ttlMs / 3, undefined, { signal: released.signal }).catch(() => {});
      if (released.signal.aborted) return;
      const at = performance.now();
      const left = ttlMs - (at - renewedAt);
      if (left <= 0) return lost.abort(new LeaseLostError(name));
      try {
        const deadlineMs = Math.max(100, Math.min(left, ttlMs / 3));
        const [renewed] = await database.rows(renew(name, holder, ttlMs), { isRead: true, deadlineMs });
        if (!renewed) return lost.abort(new LeaseLostError(name));
        renewedAt = at;
      } catch (error) {
        onRenewalFailed?.(error);
      }
    }
  };
  const beating = heartbeat();
  return {
    holder,
    fence,
    lost: lost.signal,
    isHeld,
    release: async () => {
      released.abort();
      await beating;
      await database.rows(giveBack(name, holder), { isRead: true }).catch((error: unknown) => {
        if (!(error instanceof DatabaseUnavailableError)) throw error;
      });
    },
  };
}

export type LeaseOptions = {
  readonly name: string;
  readonly ttlMs: number;
  readonly onRenewalFailed?: (error: unknown) => void;
};

/** Another process may hold the lease by now. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";

  constructor(lease: string) {
    super(
      `The lease "${lease}" is lost: the database was away for too long, or another process took over. This run stops where it is; ` +
        "the next one goes on from there.",
    );
  }
}

function takeOver(name: string, holder: string, ttlMs: number) {
  return sql`insert into trainer_leases (name, holder, fence, expires_at)
    values (${name}, ${holder}::uuid, 1, now() + ${ttlMs}::int * interval '1 millisecond')
    on conflict (name) do update set holder = excluded.holder, fence = trainer_leases.fence + 1, expires_at = excluded.expires_at
      where trainer_leases.expires_at <= now() or trainer_leases.holder = excluded.holder
    returning fence`;
}

function renew(name: string, holder: string, ttlMs: number) {
  return sql`update trainer_leases set expires_at = now() + ${ttlMs}::int * interval '1 millisecond'
    where name = ${name} and holder = ${holder}::uuid returning fence`;
}

function giveBack(name: string, holder: string) {
  return sql`update trainer_leases set expires_at = now() where name = ${name} and holder = ${holder}::uuid`;
}
