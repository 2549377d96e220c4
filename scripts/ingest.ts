// Brings a folder into the knowledge base: node scripts/ingest.ts FOLDER [options]. Works beside a running server (through it) and
// without one. Prints a summary as JSON on stdout. Exit codes: 0 all in, 1 broken, 2 wrong use, 3 some files were refused.
import { stat } from "node:fs/promises";
import { parseConfig } from "../api/src/config.ts";
import { startProgress } from "../shared/src/node/start-progress.ts";
import { callerPath } from "./lib/caller-path.ts";
import { findGoneDocuments } from "./lib/find-gone-documents.ts";
import { findModelDir } from "./lib/find-model-dir.ts";
import { IngestError } from "./lib/ingest-error.ts";
import { type IngestSummary, ingestFolder } from "./lib/ingest-folder.ts";
import type { RefusedFile } from "./lib/list-documents-in.ts";
import { type KnowledgeWriter, openKnowledge } from "./lib/open-knowledge.ts";
import { parseCommand } from "./lib/parse-command.ts";

const usage = `Usage: ./scripts/ingest FOLDER [options]

  --source NAME   keeps this folder apart from others: its documents are NAME//path, and replace no other's
  --prune         removes the documents of --source NAME whose files are not in FOLDER any more`;

const { folder, source, prunes } = await readArguments();
try {
  const config = parseConfig(process.env);
  const knowledge = await openKnowledge(config, findModelDir(config));
  console.error(`Ingesting ${folder} into ${knowledge.target}`);
  const progress = startProgress("articles");
  try {
    const options = { source, onProgress: progress.update };
    const summary = await ingestFolder(knowledge, folder, options).finally(progress.end);
    const { refused, passedOver, files, ...counts } = summary;
    sayRefused(refused);
    sayPassedOver(passedOver);
    if (source === undefined) sayReplaced(summary.replaced);
    const left = source === undefined ? {} : await settleGone(knowledge, source, summary, prunes);
    console.log(JSON.stringify({ ...counts, refused: refused.length, passed_over: passedOver, ...left }));
    process.exitCode = refused.length > 0 ? 3 : 0;
  } finally {
    await knowledge.close();
  }
} catch (error) {
  if (error instanceof IngestError) sayRefused(error.summary.refused);
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function readArguments() {
  const { values, positionals, refuse } = parseCommand({
    usage,
    options: { source: { type: "string" }, prune: { type: "boolean", default: false } },
    mostPositionals: 1,
  });
  const [named = refuse("No folder was named.")] = positionals;
  const folder = callerPath(named);
  if (!(await stat(folder).catch(() => null))?.isDirectory()) refuse(`${named} is no folder.`);
  const source = values.source?.normalize("NFC");
  if (source !== undefined && !/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,99}$/u.test(source))
    refuse("--source is a name of letters, digits, dots, dashes and underscores.");
  if (values.prune && source === undefined)
    refuse("--prune needs --source NAME: without it nothing says which documents are this folder's.");
  return { folder, source, prunes: values.prune };
}

/** Names the documents whose files are gone, and removes them where that is asked for. */
async function settleGone(
  knowledge: KnowledgeWriter,
  source: string,
  summary: IngestSummary,
  prunes: boolean,
): Promise<{ gone: number; removed: number }> {
  const gone = await findGoneDocuments(knowledge, source, summary);
  if (prunes && summary.created + summary.replaced + summary.unchanged === 0)
    throw new Error(
      "Nothing was removed: not one document of the folder could be read. Is it the right one?",
    );
  for (const { id, externalId } of gone) {
    if (prunes) await knowledge.deleteDocument(id);
    console.error(`${prunes ? "removed" : "no longer in the folder:"} ${printable(externalId)}`);
  }
  if (gone.length > 0 && !prunes)
    console.error("They are still quoted; the same command with --prune removes them.");
  return { gone: gone.length, removed: prunes ? gone.length : 0 };
}

function sayRefused(refused: readonly RefusedFile[]): void {
  for (const { file, reason } of refused) console.error(`refused ${printable(file)}: ${reason}`);
}

function sayPassedOver(passedOver: Readonly<Record<string, number>>): void {
  const counts = Object.entries(passedOver)
    .sort(([, a], [, b]) => b - a)
    .map(([ending, count]) => `${count} ${printable(ending) || "without an ending"}`);
  if (counts.length > 0)
    console.error(`passed over: ${counts.join(", ")}; Markdown, HTML, text and PDF are read`);
}

function sayReplaced(replaced: number): void {
  if (replaced > 0)
    console.error(
      `${replaced} documents were replaced. Where one was another folder's of the same path, give each folder its --source NAME.`,
    );
}

/** A name may hold whatever a file system takes; what would move a terminal's cursor is shown as "?". */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, "?");
}
