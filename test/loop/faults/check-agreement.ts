import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { sql } from "drizzle-orm";
import { parse } from "yaml";
import { z } from "zod";
import type { Desk, Training } from "./found-quick-company.ts";
import { programsLeft } from "./programs-left.ts";

/**
 * What git, the storage, MLflow and the database of a desk do not agree on, one sentence each; none where they do. To be asked when no cycle runs:
 * every pointer on the branch has its data, whole; a model's commit and its training know each other; MLflow has each bundle once, and no run that is open; a bundle looked at the holdout once; scratch
 * space has nothing of a training that ended; no lease is held, and no program runs.
 */
export async function checkAgreement(desk: Desk): Promise<string[]> {
  // Asked first: what follows starts programs of its own.
  const running = await programsLeft(desk.folder);
  const trainings = await desk.trainings();
  const problems = await Promise.all([
    checkRepository(desk),
    checkStorage(desk),
    checkCommits(desk, trainings),
    checkTracking(desk, trainings),
    checkDatabase(desk, trainings),
    checkScratch(desk, trainings),
  ]);
  return [...running.map((program) => `still runs: ${program}`), ...problems.flat()];
}

async function checkRepository(desk: Desk): Promise<string[]> {
  return desk.git("fsck", "--full", "--strict", "--no-dangling").then(
    () => [],
    (error: Error) => [`the repository is damaged: ${error.message}`],
  );
}

const lockSchema = z.object({
  stages: z.record(
    z.string(),
    z.object({ outs: z.array(z.object({ path: z.string(), md5: z.string().optional() })).default([]) }),
  ),
});
const pointerSchema = z.object({ outs: z.array(z.object({ md5: z.string() })) });
const listSchema = z.array(z.object({ md5: z.string(), relpath: z.string() }));

/** Every object of the pointers on the branch is read, and is what its name says. */
async function checkStorage(desk: Desk): Promise<string[]> {
  const files = (await desk.git("ls-tree", "-r", "--name-only", "main")).split("\n");
  const pointers: string[] = [];
  if (files.includes("data/current/snapshot.dvc")) {
    const { outs } = pointerSchema.parse(parse(await desk.git("show", "main:data/current/snapshot.dvc")));
    pointers.push(...outs.map(({ md5 }) => md5));
  }
  const { stages } = lockSchema.parse(parse(await desk.git("show", "main:dvc.lock")));
  const outs = Object.values(stages).flatMap((stage) => stage.outs);
  const bundle = outs.find(({ path }) => path === "models/current")?.md5;
  if (bundle) pointers.push(bundle);

  const there = new Set(await desk.s3.keys(`${desk.prefix}/`));
  const problems: string[] = [];
  const readObject = async (md5: string): Promise<Buffer | null> => {
    const key = `${desk.prefix}/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`;
    if (!there.has(key)) {
      problems.push(`the storage lacks ${md5}, which the branch names`);
      return null;
    }
    const content = Buffer.from(await (await desk.s3.request(`/${key}`)).arrayBuffer());
    const digest = createHash("md5").update(content).digest("hex");
    if (digest !== md5.replace(/\.dir$/, "")) problems.push(`the storage's ${md5} has another content`);
    return content;
  };
  for (const pointer of pointers) {
    const list = await readObject(pointer);
    if (list === null) continue;
    for (const { md5 } of listSchema.parse(JSON.parse(list.toString()))) await readObject(md5);
  }
  return problems;
}

/** A training that went past "publish" has one commit, and the row knows it; any other has none. */
async function checkCommits(desk: Desk, trainings: readonly Training[]): Promise<string[]> {
  const format = "--format=%H %(trailers:key=Training-Cycle,valueonly,separator=%x2C)";
  const lines = (await desk.git("log", format, "main")).split("\n");
  const commits = lines.flatMap((line) => {
    const [commit = "", cycle = ""] = line.split(" ");
    return cycle ? [{ commit, cycle }] : [];
  });
  const strangers = commits.filter(({ cycle }) => !trainings.some(({ id }) => id === cycle));
  return [
    ...strangers.map(({ commit }) => `commit ${commit} is of a training that the database does not know`),
    ...trainings.flatMap(({ id, stage, facts }) => {
      const own = commits.filter(({ cycle }) => cycle === id).map(({ commit }) => commit);
      // Its push may have arrived in a run that came to no end; the next one finds it.
      if (stage === "publish" && own.length <= 1) return [];
      // A training that was overtaken names the other's commit, and no time at which it published.
      const known = facts.publish?.at === undefined ? [] : [facts.publish.commit];
      return own.join() === known.join()
        ? []
        : [`training ${id} is on the branch as [${own}] and in the database as [${known}]`];
    }),
  ];
}

const versionsSchema = z.object({
  model_versions: z
    .array(
      z.object({
        version: z.string(),
        run_id: z.string(),
        status: z.string(),
        tags: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
      }),
    )
    .default([]),
});
const runSchema = z.object({ run: z.object({ info: z.object({ status: z.string() }) }) });

/** A bundle whose training says that it is in MLflow is there once, by a finished run; one whose training says that it is not may be there, and once. */
async function checkTracking(desk: Desk, trainings: readonly Training[]): Promise<string[]> {
  const ask = async (path: string) => (await fetch(`${desk.mlflowUrl}/api/2.0/mlflow/${path}`)).json();
  const filter = encodeURIComponent("name='support-it-agent-current'");
  const { model_versions: versions } = versionsSchema.parse(
    await ask(`model-versions/search?filter=${filter}&max_results=1000`),
  );
  const problems: string[] = [];
  const bundles = new Map<string, Training[]>();
  for (const training of trainings) {
    const hash = training.facts.train?.bundleHash;
    if (hash) bundles.set(hash, [...(bundles.get(hash) ?? []), training]);
  }
  for (const [hash, of] of bundles) {
    const named = of.flatMap(({ facts }) => facts.publish?.mlflow?.runId ?? facts.train?.mlflow.runId ?? []);
    const own = versions.filter(({ tags }) =>
      tags.some(({ key, value }) => key === "bundle_hash" && value === hash),
    );
    const isRight = own.length === 1 || (own.length === 0 && named.length === 0);
    if (!isRight) problems.push(`MLflow has bundle ${hash.slice(0, 12)} ${own.length} times`);
    for (const runId of named) {
      if (!own.some(({ run_id }) => run_id === runId))
        problems.push(
          `MLflow's version of ${hash.slice(0, 12)} is not of the run ${runId} that is written down`,
        );
      const { run } = runSchema.parse(await ask(`runs/get?run_id=${runId}`));
      if (run.info.status !== "FINISHED") problems.push(`MLflow's run ${runId} is ${run.info.status}`);
    }
  }
  return problems;
}

async function checkDatabase(desk: Desk, trainings: readonly Training[]): Promise<string[]> {
  const open = trainings.filter(({ stage }) => stage !== "ended");
  const [counts] = await desk.database.rows(
    sql`select (select count(*)::int from trainer_leases where expires_at > now()) as leases,
      (select count(*)::int from (select from holdout_looks group by cycle_id, bundle_hash having count(*) > 1) as twice) as looks,
      (select count(*)::int from model_deployments where serving) as serving`,
  );
  const unexplained = await desk.database.rows(
    sql`select id from training_cycles cycle where not exists (select from training_decisions where decision->>'cycleId' = cycle.id::text)`,
  );
  return [
    ...(open.length > 1 ? [`${open.length} trainings are under way`] : []),
    ...(counts?.leases === 0 ? [] : ["a lease is held"]),
    ...(counts?.looks === 0 ? [] : ["one bundle is written down with several looks at the holdout"]),
    ...(counts?.serving === 1 ? [] : [`${counts?.serving} models serve`]),
    ...unexplained.map(({ id }) => `training ${id} has no decision`),
  ];
}

async function checkScratch({ scratch }: Desk, trainings: readonly Training[]): Promise<string[]> {
  const ended = trainings.filter(({ stage }) => stage === "ended");
  const left = (await readdir(scratch)).filter((name) => ended.some(({ id }) => name.startsWith(id)));
  return left.map((name) => `scratch space still has ${name}, whose training has ended`);
}
