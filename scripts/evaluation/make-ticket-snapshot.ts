import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { parse } from "yaml";
import { z } from "zod";
import { readJsonLines } from "../../trainer/src/files/read-json-lines.ts";
import { type SnapshotRow, snapshotRowsFileName } from "../../trainer/src/stages/snapshot/snapshot-row.ts";
import type { GroupSplit } from "../../trainer/src/stages/snapshot/split-by-group.ts";
import { type EvaluationTicket, readTicketSet, type TicketSetName } from "./read-ticket-set.ts";
import { splitGroupsEvenly } from "./split-groups-evenly.ts";

const paramsSchema = z.object({ seed: z.int() });

/** One of several splits whose holdouts together are all rows, each once. */
export type SplitNumber = { readonly number: number; readonly of: number };

/** Parts of a holdout's size: one of them, of what is no holdout, is for calibration. */
const calibrationsInHoldout = 4;

const outOfScopeSchema = z.object({ id: z.string(), subject: z.string().default(""), body: z.string() });

/**
 * A set of public tickets as a snapshot of the pipeline: prepared text, whole groups in each split. A set that has urgencies of too few
 * tickets of its own, or none, is given the train rows of "refined queue" to learn urgency from, so that its bundle is whole; they are not
 * measured. Texts out of scope are the starter's, for the same reason. `share` of the groups are taken. Which rows are held out is
 * said by `split`. Returns the rows that it wrote to `outFolder`.
 */
export async function makeTicketSnapshot(options: {
  readonly dataFolder: string;
  readonly name: TicketSetName;
  readonly share: number;
  readonly split: SplitNumber;
  readonly outOfScopeFile: string;
  readonly paramsFile: string;
  readonly dataSet: string;
  readonly outFolder: string;
}): Promise<SnapshotRow[]> {
  const blocks = z.looseObject({}).parse(parse(await readFile(options.paramsFile, "utf8")));
  const { seed } = paramsSchema.parse(blocks[options.dataSet]);
  const take = (tickets: readonly EvaluationTicket[]) =>
    tickets.filter(({ group }) => isTaken(group, options.share));
  const tickets = take(await readTicketSet(options.dataFolder, options.name));
  const split = (of: readonly EvaluationTicket[], source: string) =>
    splitRows(of, source, options.split, seed);
  const rows = split(tickets, options.name);
  if (options.name !== "refined queue") {
    const others = take(await readTicketSet(options.dataFolder, "refined queue")).filter(
      ({ urgency }) => urgency,
    );
    const lent = split(
      others.map((ticket) => ({ ...ticket, id: `urgency-${ticket.id}`, queue: null })),
      "lent",
    );
    rows.push(...lent.filter((row) => row.split !== "holdout"));
  }
  const outOfScope = await readJsonLines(options.outOfScopeFile, outOfScopeSchema);
  const offTopic = outOfScope.map(({ id, subject, body }) => ({
    id,
    group: id,
    text: `${subject} ${body}`,
    queue: null,
    urgency: null,
  }));
  rows.push(...split(offTopic, "starter").map((row) => ({ ...row, in_scope: false })));
  await writeFile(
    join(options.outFolder, snapshotRowsFileName),
    rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  );
  return rows;
}

/** The same groups in every run and for every share that is larger. */
function isTaken(group: string, share: number): boolean {
  return createHash("sha256").update(group).digest().readUInt32LE(0) / 2 ** 32 < share;
}

function splitRows(
  tickets: readonly EvaluationTicket[],
  source: string,
  split: SplitNumber,
  seed: number,
): SnapshotRow[] {
  const toSpread = tickets.map(({ id, group, queue, urgency }) => ({
    id,
    group,
    stratum: `${queue} / ${urgency}`,
  }));
  const partOfRow = splitGroupsEvenly(toSpread, split.of * calibrationsInHoldout, seed);
  return tickets.map(({ id, group, text, queue, urgency }, index) => {
    const prepared = prepareText(text);
    const place = { id, split: splitOfPart(partOfRow[index] ?? 0, split), group };
    const labels = { in_scope: true, queue, urgency };
    return {
      ...place,
      language: prepared.language,
      ...labels,
      text: prepared.text,
      source,
      created_at: null,
    };
  });
}

function splitOfPart(part: number, { number, of }: SplitNumber): GroupSplit {
  const after =
    (part - number * calibrationsInHoldout + of * calibrationsInHoldout) % (of * calibrationsInHoldout);
  if (after < calibrationsInHoldout) return "holdout";
  return after === calibrationsInHoldout ? "calibration" : "train";
}
