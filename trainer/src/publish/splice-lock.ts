import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { isStageOf, type LockSections, lockSections } from "./lock-sections.ts";

/**
 * `base` with the stages of one data set as `from` has them, and those of all others untouched, to the byte. Throws where either is no lock file, and where the result would not
 * mean exactly that.
 */
export function spliceLock(base: string | null, from: string | null, dataSet: string): string {
  const isOurs = isStageOf(dataSet);
  const [there, ours] = [lockSections(base), lockSections(from)];
  const stages = new Map([...there.stages].filter(([name]) => !isOurs(name) || ours.stages.has(name)));
  const taken = new Set([...stages].flatMap(([name, text]) => (isOurs(name) ? [] : anchorsIn(text))));
  for (const [name, text] of ours.stages) {
    if (!isOurs(name)) continue;
    const placed = anchorsIn(text).some((anchor) => taken.has(anchor))
      ? renumber(text, Math.max(...taken))
      : text;
    for (const anchor of anchorsIn(placed)) taken.add(anchor);
    stages.set(name, placed);
  }
  const spliced = write({ head: there.head, stages });
  checkMeans(spliced, base, from, isOurs);
  return spliced;
}

function write({ head, stages }: LockSections): string {
  const body = [...stages.values()].join("");
  return `${head}${body ? `stages:\n${body}` : "stages: {}\n"}`;
}

/** An anchor, or an alias to one, as a value of its own: `queue: &id003`, `urgency: *id003`, `- *id003`. */
const anchorPattern = /((?:^|:|-) [&*])id(\d+)(?=\s|$)/gm;

function anchorsIn(text: string): number[] {
  return [...text.matchAll(anchorPattern)].map((found) => Number(found[2]));
}

/** Names of anchors hold for the whole file: those of a stage that comes from another file get free ones where they are taken. */
function renumber(text: string, after: number): string {
  return text.replace(
    anchorPattern,
    (_, mark, number) => `${mark}id${String(after + Number(number)).padStart(3, "0")}`,
  );
}

function checkMeans(
  spliced: string,
  base: string | null,
  from: string | null,
  isOurs: (name: string) => boolean,
): void {
  const stagesOf = (text: string | null): [string, unknown][] =>
    Object.entries((text ? parse(text).stages : null) ?? {});
  const wanted = [
    ...stagesOf(base).filter(([name]) => !isOurs(name)),
    ...stagesOf(from).filter(([name]) => isOurs(name)),
  ];
  if (isDeepStrictEqual(Object.fromEntries(stagesOf(spliced)), Object.fromEntries(wanted))) return;
  throw new Error("dvc.lock is not laid out as DVC writes it, so that its stages cannot be told apart");
}
