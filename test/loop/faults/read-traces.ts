import { createHash } from "node:crypto";
import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { Desk } from "./found-quick-company.ts";

/** Files larger than this name no folder of a desk. */
const largestText = 100_000;

/**
 * A digest of what the runs of a desk have left where its next run looks: scratch space, the git remote, the storage, the database. Equal where two desks are in the same state, whatever they
 * and their trainings are called. Not in it: times, git's cache of file times, objects of a clone that only a ref could lead to, and MLflow, which all desks share.
 */
export async function readTraces(desk: Desk): Promise<string> {
  const trainings = await desk.trainings();
  const names: [string, string][] = [
    [desk.folder, "DESK"],
    [`/${desk.prefix}`, "/PREFIX"],
    ...trainings.map(({ id }): [string, string] => [id, "TRAINING"]),
  ];
  const plain = (text: string) => names.reduce((sum, [name, word]) => sum.replaceAll(name, word), text);
  const [row] = await desk.database.rows(
    sql`select jsonb_build_object(
      'trainings', (select jsonb_agg(jsonb_build_array(stage, attempts, outcome, facts) order by started_at) from training_cycles),
      'decisions', (select jsonb_agg(reason_code order by created_at, id) from training_decisions),
      'looks', (select count(*) from holdout_looks),
      'barred', (select jsonb_agg(bundle_hash order by bundle_hash) from quarantined_bundles),
      'served', (select jsonb_agg(jsonb_build_array(bundle_hash, serving) order by started_at, id) from model_deployments))::text as rows`,
  );
  const parts = [
    plain(String(row?.rows)),
    ...(await desk.s3.keys(`${desk.prefix}/`)).map((key) => key.replace(desk.prefix, "PREFIX")),
    ...(await traceFolder(desk.scratch, plain)),
    ...(await traceFolder(desk.origin, plain)),
  ];
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

/** One line for each file, with its content's digest; sorted. */
async function traceFolder(folder: string, plain: (text: string) => string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const isObject = /\/\.git\/objects\/[0-9a-f]{2}(\/[0-9a-f]{38})?$/;
  const paths = entries.map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }));
  const lines = await Promise.all(
    paths
      .filter(({ path }) => !isObject.test(path))
      .map(async ({ entry, path }) => {
        if (entry.isDirectory() || /\/\.git\/(index|logs\/.*)$/.test(path)) return plain(path);
        if (entry.isSymbolicLink()) return plain(`${path} -> ${await readlink(path)}`);
        const content = await readFile(path);
        const told = content.length > largestText ? content : plain(content.toString("latin1"));
        return `${plain(path)} ${createHash("sha1").update(told).digest("hex")}`;
      }),
  );
  return lines.sort();
}
