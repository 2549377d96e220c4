// Brings a folder into the knowledge base: node scripts/ingest.ts FOLDER. Works beside a running server (through it) and
// without one. Prints a summary as JSON on stdout. Exit codes: 0 all in, 1 broken, 2 wrong use, 3 some files were refused.
import { stat } from "node:fs/promises";
import { parseConfig } from "../api/src/config.ts";
import { startProgress } from "../shared/src/node/start-progress.ts";
import { findModelDir } from "./lib/find-model-dir.ts";
import { IngestError } from "./lib/ingest-error.ts";
import { ingestFolder } from "./lib/ingest-folder.ts";
import type { RefusedFile } from "./lib/list-documents-in.ts";
import { openKnowledge } from "./lib/open-knowledge.ts";

const folder = process.argv[2];
try {
  if (!folder || !(await stat(folder).catch(() => null))?.isDirectory()) {
    console.error(
      `${folder ? `${folder} is no folder` : "No folder was named"}. Usage: ./scripts/ingest FOLDER`,
    );
    process.exit(2);
  }
  const config = parseConfig(process.env);
  const knowledge = await openKnowledge(config, findModelDir(config));
  console.error(`Ingesting ${folder} into ${knowledge.target}`);
  const progress = startProgress("articles");
  const summary = await ingestFolder(knowledge, folder, progress.update).finally(async () => {
    progress.end();
    await knowledge.close();
  });
  const { refused, passedOver, ...counts } = summary;
  sayRefused(refused);
  sayPassedOver(passedOver);
  console.log(JSON.stringify({ ...counts, refused: refused.length, passed_over: passedOver }));
  process.exitCode = refused.length > 0 ? 3 : 0;
} catch (error) {
  if (error instanceof IngestError) sayRefused(error.summary.refused);
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
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

/** A name may hold whatever a file system takes; what would move a terminal's cursor is shown as "?". */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, "?");
}
