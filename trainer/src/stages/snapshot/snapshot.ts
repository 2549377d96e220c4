import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import { ticketText } from "@support-it-agent/shared/text/ticket-text";
import { writeFolder } from "../../files/write-folder.ts";
import type { DataSetParams } from "../../params.ts";
import { checkReadiness } from "./check-readiness.ts";
import { groupNearDuplicates } from "./group-near-duplicates.ts";
import { type ArticlePhrase, readArticlePhrases } from "./read-article-phrases.ts";
import { type LabelledText, readLabelledTexts } from "./read-labelled-texts.ts";
import { type SnapshotRow, snapshotRowsFileName } from "./snapshot-row.ts";
import { type Split, splitByGroup, splits } from "./split-by-group.ts";

export type SnapshotOptions = {
  /** Folder of JSONL files; see read-labelled-texts.ts. */
  readonly ticketsFolder: string;
  /** Folder of Markdown articles whose front matter names a queue; their phrases join the train split. */
  readonly articlesFolder?: string | undefined;
  readonly outFolder: string;
  readonly params: DataSetParams;
  readonly log: (line: string) => void;
};

/**
 * Tickets in, rows to train on out: prepared text, near-duplicate group, split. The same tickets and parameters give the
 * same bytes. Rejects with CliError where the tickets cannot be read or are not ready; nothing is written then.
 */
export async function snapshot(options: SnapshotOptions): Promise<void> {
  const { ticketsFolder, articlesFolder, outFolder, params, log } = options;
  const labelled = await readLabelledTexts(ticketsFolder);
  const prepared = labelled.map((row) => prepareText(ticketText(row)));
  const first = groupNearDuplicates(
    prepared.map(({ text }) => text),
    params.snapshot.near_duplicate_cosine,
  );
  const toSplit = labelled.map((row, index) => ({
    id: row.id,
    group: labelled[first[index] ?? index]?.id ?? row.id,
    stratum: stratumOf(row),
  }));
  const splitOfRow = splitByGroup(toSplit, params.snapshot.shares, params.seed);
  checkReadiness(labelled, splitOfRow, params.snapshot.min_rows_per_class);

  const ticketRows = labelled.map((row, index): SnapshotRow => {
    const { text = "", language = "en" } = prepared[index] ?? {};
    return {
      id: row.id,
      split: splitOfRow[index] ?? "train",
      group: toSplit[index]?.group ?? row.id,
      language: row.language ?? language,
      in_scope: row.labels.inScope,
      queue: row.labels.inScope ? row.labels.queue : null,
      urgency: row.labels.inScope ? row.labels.urgency : null,
      text,
    };
  });
  const phrases = articlesFolder ? await readArticlePhrases(articlesFolder) : [];
  const rows = [...ticketRows, ...phraseRows(phrases, ticketRows)];
  await writeFolder(outFolder, (folder) =>
    writeFile(join(folder, snapshotRowsFileName), rows.map((row) => `${JSON.stringify(row)}\n`).join("")),
  );
  log(describe(rows));
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
    const prepared = prepareText(raw);
    if (prepared.text === "" || measured.has(prepared.text.toLowerCase())) return [];
    const labels = { in_scope: true, queue, urgency: null };
    return [
      { id, split: "train", group, language: language ?? prepared.language, ...labels, text: prepared.text },
    ];
  });
}

function stratumOf(row: LabelledText): string {
  const { labels } = row;
  const language = row.language ?? "";
  return labels.inScope ? `${labels.queue} / ${labels.urgency} / ${language}` : `out of scope / ${language}`;
}

function describe(rows: readonly SnapshotRow[]): string {
  const inSplit = (split: Split) => rows.filter((row) => row.split === split).length;
  const groups = new Set(rows.map(({ group }) => group)).size;
  const parts = splits.map((split) => `${split} ${inSplit(split)}`).join(", ");
  return `${rows.length} rows in ${groups} groups: ${parts}`;
}
