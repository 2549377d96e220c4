import { parse } from "yaml";
import { z } from "zod";

const outSchema = z.looseObject({ path: z.string(), md5: z.string().optional() });
const lockSchema = z.looseObject({
  schema: z.string(),
  stages: z.record(z.string(), z.looseObject({ outs: z.array(outSchema).default([]) })).nullish(),
});

/** dvc.lock by its stages, each as the lines of text that DVC wrote. */
export type LockSections = { readonly head: string; readonly stages: ReadonlyMap<string, string> };

const emptyLock = "schema: '2.0'\nstages: {}\n";

/**
 * Cuts dvc.lock into its stages and leaves their text alone: DVC's line breaks and anchors are not ours to write anew. Throws where it is not a lock file that
 * DVC could read (git's marks of a conflict, for one).
 */
export function lockSections(text: string | null): LockSections {
  lockSchema.parse(parse(text ?? emptyLock));
  const lines = (text ?? emptyLock).replace(/\n*$/, "").split("\n");
  const start = lines.findIndex((line) => line.startsWith("stages:"));
  const stages = new Map<string, string>();
  let name = "";
  for (const line of lines.slice(start + 1)) {
    name = /^ {2}(\S.*):$/.exec(line)?.[1]?.replace(/^'(.*)'$/, "$1") ?? name;
    stages.set(name, `${stages.get(name) ?? ""}${line}\n`);
  }
  return {
    head: lines
      .slice(0, start)
      .map((line) => `${line}\n`)
      .join(""),
    stages,
  };
}

/** Whether a stage belongs to the pipeline of a data set: export-to-dvc@current is of current. */
export function isStageOf(dataSet: string): (stage: string) => boolean {
  return (stage) => stage.endsWith(`@${dataSet}`);
}

/** The content that the lock file names for a path of a stage, such as models/current; null where it names none. */
export function lockedMd5(text: string | null, path: string): string | null {
  const { stages } = lockSchema.parse(parse(text ?? emptyLock));
  const outs = Object.values(stages ?? {}).flatMap((stage) => stage.outs);
  return outs.find((out) => out.path === path)?.md5 ?? null;
}
