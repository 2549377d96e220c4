import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "@support-it-agent/shared/database/database";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { ticketText } from "@support-it-agent/shared/text/ticket-text";
import { CliError } from "../../cli-error.ts";
import { readLabelledTickets } from "../../database/read-labelled-tickets.ts";
import { readTrustedFeedback } from "../../database/read-trusted-feedback.ts";
import { writeFolder } from "../../files/write-folder.ts";
import { writeJsonLines } from "../../files/write-json-lines.ts";
import type { DataSetParams } from "../../params.ts";
import { assignReady } from "./assign-ready.ts";
import { type RowToAssign, wasTrained } from "./assign-splits.ts";
import { blindRowsFileName } from "./blind-row.ts";
import { borrowInScope } from "./borrow-in-scope.ts";
import { checkReadiness } from "./check-readiness.ts";
import { chooseBlindRows } from "./choose-blind-rows.ts";
import { describeSnapshot, snapshotDescriptionFileName } from "./describe-snapshot.ts";
import { groupNearDuplicates } from "./group-near-duplicates.ts";
import { type ArticlePhrase, readArticlePhrases } from "./read-article-phrases.ts";
import type { LabelledText } from "./read-labelled-texts.ts";
import { readLabelledTexts, readOutOfScopeTexts } from "./read-labelled-texts.ts";
import { readPreviousSplits } from "./read-previous-splits.ts";
import { type SetAsideRow, setAsideFileName } from "./set-aside-row.ts";
import { type SnapshotRow, snapshotRowsFileName } from "./snapshot-row.ts";
import { type Split, splits } from "./split-by-group.ts";

export type SnapshotOptions = {
  readonly dataSet: string;
  /** Folder of JSONL files; see read-labelled-texts.ts. */
  readonly ticketsFolder?: string | undefined;
  /** Labelled tickets and trusted feedback are read from here. */
  readonly database?: Database | undefined;
  /** Folder of Markdown articles whose front matter names a queue; their phrases join the train split. */
  readonly articlesFolder?: string | undefined;
  /** The snapshot before: what it held out stays held out. */
  readonly previousFolder?: string | undefined;
  readonly outFolder: string;
  readonly params: Pick<DataSetParams, "seed" | "snapshot">;
  readonly log: (line: string) => void;
};

/**
 * Tickets in, rows to train on out: prepared text, near-duplicate group, split. The same rows, parameters and previous snapshot
 * give the same bytes. Rejects with CliError where the tickets cannot be read or are not ready; nothing is written then.
 */
export async function snapshot(options: SnapshotOptions): Promise<void> {
  const { articlesFolder, previousFolder, outFolder, params, log } = options;
  const previous = previousFolder ? await readPreviousSplits(previousFolder) : undefined;
  const { rows: labelled, blind: labelledBlind, inScope, leftOut } = await readAll(options);
  log(`${labelled.length} labelled texts: redacting them and looking for near-duplicates`);
  const prepared = labelled.map(prepareRow).filter(({ text }) => text !== "");
  const toAssign = toAssignRows(prepared, params.snapshot.near_duplicate_cosine, previous?.of);
  const queues = prepared.map(({ labels }) => (labels.inScope ? labels.queue : null));
  const { rareQueues, ...assignment } = assignReady(toAssign, queues, params);

  const ticketRows: SnapshotRow[] = [];
  const setAside: SetAsideRow[] = [];
  prepared.forEach((row, index) => {
    const split = assignment.splitOfRow[index] ?? "train";
    const { group = row.id, before } = toAssign[index] ?? {};
    if (isSplit(split)) ticketRows.push(snapshotRow(row, split, group));
    else setAside.push({ id: row.id, reason: split, was_trained: wasTrained({ before }) });
  });
  checkReadiness(ticketRows, params.snapshot.min_rows_per_class);

  const phrases = articlesFolder ? await readArticlePhrases(articlesFolder) : [];
  const ownRows = [...ticketRows, ...phraseRows(phrases, ticketRows)];
  const blind =
    labelledBlind &&
    chooseBlindRows(labelledBlind.map(prepareRow), { rows: ownRows, setAside, params, prepared });
  const borrowed =
    inScope && borrowInScope(inScope.map(prepareRow), prepared, params.snapshot.near_duplicate_cosine);
  const rows = [
    ...ownRows,
    ...(borrowed?.rows ?? []).map(({ row, group }) => snapshotRow(row, "train", group)),
  ];
  const description = describeSnapshot({
    dataSet: options.dataSet,
    rows,
    setAside,
    assignment,
    leftOut: { ...leftOut, no_text: labelled.length - prepared.length },
    frozenIds: previous?.holdoutIds ?? [],
    rareQueues,
    blind,
    borrowed,
    params,
  });
  await writeFolder(outFolder, async (folder) => {
    await writeJsonLines(join(folder, snapshotRowsFileName), rows);
    await writeJsonLines(join(folder, setAsideFileName), setAside);
    if (blind) await writeJsonLines(join(folder, blindRowsFileName), blind.rows);
    await writeFile(
      join(folder, snapshotDescriptionFileName),
      `${JSON.stringify(description, undefined, 2)}\n`,
    );
  });
  for (const line of linesFor(description)) log(line);
}

/**
 * Every labelled text of the sources that are named, sorted by id; the labels of the blind slice, where a database was asked; the tickets
 * that teach scope alone, where texts out of scope are borrowed and the parameters name some; and how many rows were none, by reason.
 */
async function readAll(options: SnapshotOptions) {
  const { ticketsFolder, database, params } = options;
  const { merge_queues, out_of_scope, in_scope, borrow_urgency } = params.snapshot;
  if (!ticketsFolder && !database)
    throw new CliError("Say where the tickets are: --tickets FOLDER, --database, or both.");
  const own: LabelledText[] = ticketsFolder ? await readLabelledTexts(ticketsFolder) : [];
  const leftOut: Record<string, number> = {};
  let blind: LabelledText[] | undefined;
  if (database) {
    for (const row of await readLabelledTickets(database)) own.push(row);
    const feedback = await readTrustedFeedback(database);
    for (const row of feedback.rows) own.push(row);
    leftOut.contradicted_feedback = feedback.contradicted;
    blind = feedback.blind.map((row) => mergeQueue(row, merge_queues ?? {}));
  }
  const borrowsScope = out_of_scope !== undefined && own.every(({ labels }) => labels.inScope);
  const inScope = borrowsScope && in_scope ? await readScopeAlone(in_scope) : undefined;
  const borrowed = [
    ...(borrowsScope ? await readOutOfScopeTexts(out_of_scope) : []),
    ...(borrow_urgency ? await readUrgenciesAlone(borrow_urgency) : []),
  ];
  const rows = [...own, ...borrowed].map((row) => mergeQueue(row, merge_queues ?? {}));
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  const twice = rows.find((row, index) => row.id === rows[index + 1]?.id);
  if (twice) throw new CliError(`Two rows have the id "${twice.id}": give each row its own.`);
  return { rows, blind, inScope, leftOut };
}

/** Another desk's tickets for what they say of scope: neither its queues nor its urgencies are ours. */
async function readScopeAlone(folder: string): Promise<LabelledText[]> {
  const rows = await readLabelledTexts(folder, "snapshot.in_scope in params.yaml");
  return rows.flatMap((row): LabelledText[] =>
    row.labels.inScope ? [{ ...row, labels: { inScope: true, queue: null, urgency: null } }] : [],
  );
}

/** Another desk's tickets for what they say of urgency: its queues are not ours. */
async function readUrgenciesAlone(folder: string): Promise<LabelledText[]> {
  const rows = await readLabelledTexts(folder, "snapshot.borrow_urgency in params.yaml");
  return rows.flatMap((row): LabelledText[] =>
    row.labels.inScope && row.labels.urgency ? [{ ...row, labels: { ...row.labels, queue: null } }] : [],
  );
}

function mergeQueue(row: LabelledText, mergeQueues: Readonly<Record<string, string>>): LabelledText {
  const { labels } = row;
  const isMerged = labels.inScope && labels.queue !== null && Object.hasOwn(mergeQueues, labels.queue);
  const other = isMerged ? mergeQueues[labels.queue] : undefined;
  return other === undefined || !labels.inScope ? row : { ...row, labels: { ...labels, queue: other } };
}

export type PreparedRow = Omit<LabelledText, "subject" | "body" | "language"> & {
  readonly text: string;
  readonly language: string;
  /** As the writer said; undefined where nobody did. */
  readonly givenLanguage: string | undefined;
};

/** The raw text is let go here: what follows holds each text once. */
function prepareRow({ id, subject, body, language, source, createdAt, labels }: LabelledText): PreparedRow {
  const prepared = prepareText(ticketText({ subject, body }));
  const text = prepared.text;
  return {
    id,
    source,
    createdAt,
    labels,
    text,
    language: language ?? prepared.language,
    givenLanguage: language,
  };
}

function toAssignRows(
  rows: readonly PreparedRow[],
  minCosine: number,
  before: ((row: PreparedRow) => RowToAssign["before"]) | undefined,
): RowToAssign[] {
  const first = groupNearDuplicates(
    rows.map(({ text }) => text),
    minCosine,
  );
  return rows.map((row, index) => ({
    id: row.id,
    group: rows[first[index] ?? index]?.id ?? row.id,
    stratum: stratumOf(row),
    createdAt: row.createdAt,
    before: before?.(row),
  }));
}

function stratumOf({ labels, givenLanguage = "" }: PreparedRow): string {
  return labels.inScope
    ? `${labels.queue} / ${labels.urgency} / ${givenLanguage}`
    : `out of scope / ${givenLanguage}`;
}

function snapshotRow(row: PreparedRow, split: SnapshotRow["split"], group: string): SnapshotRow {
  return {
    id: row.id,
    split,
    group,
    language: row.language,
    in_scope: row.labels.inScope,
    queue: row.labels.inScope ? row.labels.queue : null,
    urgency: row.labels.inScope ? row.labels.urgency : null,
    text: row.text,
    source: row.source,
    created_at: row.createdAt,
  };
}

/**
 * Articles' phrases as rows of the train split, without an urgency. One that a ticket of another split says word for word is
 * left out: what is measured must not have been read.
 */
function phraseRows(phrases: readonly ArticlePhrase[], ticketRows: readonly SnapshotRow[]): SnapshotRow[] {
  const measured = new Set(
    ticketRows.filter(({ split }) => split !== "train").map(({ text }) => text.toLowerCase()),
  );
  return phrases.flatMap(({ id, group, language, queue, text: raw }): SnapshotRow[] => {
    const { text, language: detected } = prepareText(raw);
    if (text === "" || measured.has(text.toLowerCase())) return [];
    return [
      {
        id,
        split: "train",
        group,
        language: language ?? detected,
        in_scope: true,
        queue,
        urgency: null,
        text,
        source: "article",
        created_at: null,
      },
    ];
  });
}

function isSplit(value: Split | SetAsideRow["reason"]): value is Split {
  return (splits as readonly string[]).includes(value);
}

/** What a person wants to see of a snapshot, in a few lines. */
function linesFor(description: ReturnType<typeof describeSnapshot>): string[] {
  const { holdout, time, rare_queues: rareQueues = {}, blind, borrowed_in_scope: borrowed } = description;
  const parts = splits.map((split) => `${split} ${description.splits[split]}`).join(", ");
  const named = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).flatMap(([name, count]) =>
      count > 0 ? [`${count} ${name.replaceAll("_", " ")}`] : [],
    );
  const outside = [...named(description.set_aside), ...named(description.left_out)];
  return [
    `${description.row_count} rows in ${description.group_count} groups: ${parts}`,
    time.recent_from
      ? `recent window: from ${time.recent_from} to ${time.last}`
      : `no recent window: ${time.no_recent_window}`,
    ...(holdout.frozen_before > 0
      ? [
          `frozen holdout: ${holdout.still_there} of ${holdout.frozen_before} rows are still there, ${holdout.added} are new`,
        ]
      : []),
    ...Object.entries(rareQueues).map(
      ([queue, rows]) => `set aside: queue "${queue}" with ${rows} rows, too few to train on`,
    ),
    ...(blind
      ? [
          `blind slice: ${blind.rows} of ${blind.labelled} labels measure (${blind.near_trained} near to what is trained on, ${blind.rare_queue} of a queue set aside)`,
        ]
      : []),
    ...(borrowed
      ? [
          `borrowed for scope alone: ${borrowed.rows} tickets (${borrowed.near_own} near to your own are left out)`,
        ]
      : []),
    ...(outside.length > 0 ? [`not in any split: ${outside.join(", ")}`] : []),
  ];
}
