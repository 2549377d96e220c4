import { sql } from "drizzle-orm";
// biome-ignore lint/style/noRestrictedImports: a lock that is held over several statements needs a connection of its own
import { Client } from "pg";
import { expect, vi } from "vitest";
import type { Desk, RunningCycle } from "./found-quick-company.ts";

const lock = 4_711;

/** Writes that a cycle makes, by what they say; each stops in front of its commit where held_step names it. */
const triggers = `
create table held_step (step text not null);
create function hold_step() returns trigger language plpgsql as $$
declare label text := case tg_table_name when 'holdout_looks' then 'look at the holdout' when 'quarantined_bundles' then 'bar'
  else 'decision ' || coalesce(to_jsonb(new)->>'reason_code', '') end;
begin
  if tg_table_name = 'trainer_leases' then
    label := case when tg_op = 'INSERT' or to_jsonb(new)->>'fence' <> to_jsonb(old)->>'fence' then 'take the lease'
      when (to_jsonb(new)->>'expires_at')::timestamptz <= now() then 'give the lease back' else 'renew the lease' end;
  end if;
  if tg_table_name = 'training_cycles' then
    label := case when tg_op = 'INSERT' then 'begin'
      when to_jsonb(new)->>'stage' <> to_jsonb(old)->>'stage' then 'move to ' || (to_jsonb(new)->>'stage')
      else 'attempt at ' || (to_jsonb(new)->>'stage') end;
  end if;
  if exists (select from held_step where step = label) then
    -- Else the server cancels the statement of a client that is gone.
    perform set_config('client_connection_check_interval', '0', true);
    perform pg_advisory_xact_lock(${lock});
  end if;
  return new;
end $$;
create trigger hold_cycles after insert or update on training_cycles for each row execute function hold_step();
create trigger hold_decisions after insert on training_decisions for each row execute function hold_step();
create trigger hold_looks after insert on holdout_looks for each row execute function hold_step();
create trigger hold_bars after insert on quarantined_bundles for each row execute function hold_step();
create trigger hold_leases after insert or update on trainer_leases for each row execute function hold_step();
`;

/** The server looks at its clients once a second: the look that was planned before the hold is over then. */
const lastLookMs = 1_200;

/**
 * Starts a cycle on the desk and kills it with SIGKILL at one of its writes: "take the lease", "begin", "attempt at STAGE", "look at the holdout", "decision REASON",
 * "move to STAGE", "bar" (a bundle), "give the lease back". Where `commits`,
 * the write is made and the trainer never hears of it; else it never was. Resolves when both are gone.
 */
export async function killAtStep(
  desk: Desk,
  step: string,
  { commits, args }: { readonly commits: boolean; readonly args?: readonly string[] },
): Promise<void> {
  const { database } = desk;
  const [found] = await database.rows(sql`select to_regclass('held_step') is not null as is_there`);
  const holder = new Client({ connectionString: desk.env.DATABASE_URL });
  await holder.connect();
  try {
    if (!found?.is_there) await holder.query(triggers);
    await holder.query("insert into held_step values ($1)", [step]);
    await holder.query("select pg_advisory_lock($1)", [lock]);
    const running = await desk.start(args ? { args } : {});
    const waiting = await waitForHold(desk, running);
    await new Promise((resolve) => setTimeout(resolve, lastLookMs));
    running.kill();
    expect((await running.ended).signal).toBe("SIGKILL");
    if (!commits) await holder.query("select pg_terminate_backend($1)", [waiting]);
    await holder.query("select pg_advisory_unlock($1)", [lock]);
    await vi.waitFor(
      async () => {
        const query = sql`select from pg_stat_activity where pid = ${waiting}::int and state = 'active'`;
        if ((await database.rows(query)).length > 0) throw new Error("The statement is under way.");
      },
      { timeout: 20_000 },
    );
    await holder.query("delete from held_step");
  } finally {
    await holder.end();
  }
}

/** The server's process that waits for the lock. Throws what the trainer said where it ended without a hold. */
async function waitForHold(desk: Desk, running: RunningCycle): Promise<number> {
  let ended: string | undefined;
  void running.ended.then(({ stderr }) => {
    ended = stderr;
  });
  for (;;) {
    const [row] = await desk.database.rows(
      sql`select pid from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`,
    );
    if (row) return Number(row.pid);
    if (ended !== undefined) throw new Error(`The cycle ended before the step was reached: ${ended}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
