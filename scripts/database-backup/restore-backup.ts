import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { BackupError } from "./backup-error.ts";
import type { PostgresPrograms, RunningProgram } from "./postgres-programs.ts";

const restoreArgs = ["--no-owner", "--no-privileges", "--no-comments", "--file=-"];
const psqlArgs = [
  "--no-psqlrc",
  "--quiet",
  "--tuples-only",
  "--no-align",
  "--set=ON_ERROR_STOP=1",
  "--file=-",
];

/** Tables that are nobody's extension. */
const countTables = `select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e');`;

/**
 * Everything but extensions, which a role that is no superuser could not bring back, and the schemas that hold them. What hangs on something else
 * goes with it.
 */
const dropAll = `do $$
declare
  statement text;
  statements text[];
begin
  with extended as (select extnamespace as schema from pg_extension),
  ours as (select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
  members as (select classid, objid from pg_depend where deptype = 'e'),
  columns as (select objid from pg_depend where classid = 'pg_class'::regclass and deptype in ('a', 'i'))
  select array_agg(one) into statements from (
    select format('drop schema if exists %I cascade', nspname) as one from ours
      where oid not in (select schema from extended) and nspname <> 'public'
    union all
    select format('drop %s if exists %s cascade', case relkind when 'v' then 'view' when 'm' then 'materialized view'
        when 'S' then 'sequence' when 'f' then 'foreign table' else 'table' end, c.oid::regclass)
      from pg_class c join ours on ours.oid = relnamespace
      where relkind in ('r', 'p', 'v', 'm', 'S', 'f') and ('pg_class'::regclass, c.oid) not in (select * from members)
        and c.oid not in (select objid from columns)
    union all
    select format('drop routine if exists %s cascade', p.oid::regprocedure)
      from pg_proc p join ours on ours.oid = pronamespace where ('pg_proc'::regclass, p.oid) not in (select * from members)
    union all
    select format('drop type if exists %s cascade', t.oid::regtype)
      from pg_type t join ours on ours.oid = typnamespace
      where typtype in ('e', 'd') and ('pg_type'::regclass, t.oid) not in (select * from members)
  ) as all_of_them;
  foreach statement in array coalesce(statements, '{}')
  loop
    execute statement;
  end loop;
end $$;
`;

export type Restored = { readonly tables: number };

/**
 * Brings a backup into the database, in one transaction: it is there whole or not at all. Rejects with BackupError: 2 where the checksum is missing
 * or wrong, or the database holds tables and `force` does not say to drop them; 1 where it broke off. The database is as it was then.
 */
export async function restoreBackup(
  programs: PostgresPrograms,
  file: string,
  force: boolean,
): Promise<Restored> {
  await checkSum(file);
  const tables = Number(await ask(programs, countTables));
  if (tables > 0 && !force) {
    throw new BackupError(
      2,
      `The database (${programs.place}) holds ${tables} tables: nothing was changed. Name an empty one, or give --force to drop everything in it first.`,
    );
  }
  const psql = programs.start("psql", psqlArgs);
  psql.stdout.resume();
  psql.stdin.write(`begin;\n${tables > 0 ? dropAll : ""}`);
  try {
    await passOn(programs.start("pg_restore", restoreArgs), file, psql);
  } catch (error) {
    // Without a commit the server takes everything back as soon as the connection ends.
    psql.stdin.end();
    await psql.ended;
    throw error;
  }
  psql.stdin.end("commit;\nanalyze;\n");
  await psql.ended;
  return { tables: Number(await ask(programs, countTables)) };
}

async function checkSum(file: string): Promise<void> {
  const note = await readFile(`${file}.sha256`, "utf8").catch(() => "");
  const expected = /^([0-9a-f]{64}) /.exec(note)?.[1];
  if (!expected) {
    throw new BackupError(
      2,
      `${file}.sha256 is missing or holds no checksum: without it nobody knows whether ${file} is whole.`,
    );
  }
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash).catch((cause: unknown) => {
    throw new BackupError(2, `${file} cannot be read.`, { cause });
  });
  if (hash.digest("hex") === expected) return;
  throw new BackupError(
    2,
    `${file} is not what was saved: its checksum differs from ${file}.sha256. Take another backup.`,
  );
}

/** File -> pg_restore -> psql. What psql has against it is told first: pg_restore then only says that nobody listened. */
async function passOn(restore: RunningProgram, file: string, psql: RunningProgram): Promise<void> {
  const reading = pipeline(createReadStream(file), restore.stdin).catch(() => {});
  const passing = pipeline(restore.stdout, psql.stdin, { end: false });
  await Promise.race([
    passing,
    psql.ended.then(() => Promise.reject(new BackupError(1, "psql ended early"))),
  ]);
  await reading;
  await restore.ended;
}

async function ask(programs: PostgresPrograms, statement: string): Promise<string> {
  const psql = programs.start("psql", psqlArgs);
  psql.stdin.end(statement);
  const [answer] = await Promise.all([text(psql.stdout), psql.ended]);
  return answer.trim();
}
