// Brings tickets into the database: node scripts/import-tickets.ts FILE|DATASET [options]. Works beside a running server
// (through it) and without one. Prints a summary as JSON on stdout. Exit codes: 0 all in, 1 broken, 2 wrong use, 3 some rows were rejected.
import { open, rm, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseConfig } from "../api/src/config.ts";
import { importedTicketSchema } from "../api/src/imports/read-tickets.ts";
import { type Urgency, urgencySchema } from "../shared/src/labels.ts";
import { startProgress } from "../shared/src/node/start-progress.ts";
import { ensureWeights } from "../shared/src/node/weights/ensure-weights.ts";
import { foldText } from "../shared/src/text/fold-text.ts";
import { CliError } from "../trainer/src/cli-error.ts";
import { queueRules } from "../trainer/src/imports/choose-queue.ts";
import { downloadDataset } from "../trainer/src/imports/download-dataset.ts";
import { findDataset, isDatasetName } from "../trainer/src/imports/find-dataset.ts";
import { guessColumns, type TicketField, ticketFields } from "../trainer/src/imports/guess-columns.ts";
import { importTickets, type TicketSink } from "../trainer/src/imports/import-tickets.ts";
import { openFolderSink } from "../trainer/src/imports/open-folder-sink.ts";
import { openRecords } from "../trainer/src/imports/open-records.ts";
import { parseRowFilter } from "../trainer/src/imports/row-filter.ts";
import { callerPath } from "./lib/caller-path.ts";
import { findModelDir } from "./lib/find-model-dir.ts";
import { openKnowledge } from "./lib/open-knowledge.ts";
import { parseCommand } from "./lib/parse-command.ts";

const usage = `Usage: ./scripts/import-tickets FILE|DATASET [options]

FILE is .csv, .tsv, .jsonl, .ndjson or .parquet; DATASET is OWNER/NAME on the model hub (MODEL_HUB_URL names a mirror).

  --map FIELD=COLUMN,...   which column holds what; FIELD is ${ticketFields.join(", ")}.
                           Without it, by name. FIELD= means: none.
  --where COLUMN=A|B       only rows whose column has one of these values; may be given several times
  --map-urgency A=high,... what a priority means, beside those that are known; "none": no urgency
  --queue-rule six-queues  queues by the words of the text, instead of those of the file
  --dates dmy|mdy          how to read 03/04/2026
  --encoding NAME          of CSV text, utf-8 by default
  --source NAME            which tool the tickets are from: one ticket for each source and id; the file's name by default
  --no-search              rows to train on alone: answers are left out, and nothing is embedded
  --to FOLDER              write FOLDER/SOURCE.jsonl for a pipeline without a database
  --file PATH              which file of the data set
  --dry-run                read everything, store nothing

DATABASE_URL or DATA_DIR says which database.`;

const hubUrl = process.env.MODEL_HUB_URL || "https://huggingface.co";
const cacheFolder = fileURLToPath(new URL("../.cache/datasets", import.meta.url));
const say = (line: string) => console.error(line);

/** The command line cannot be run. */
class UsageError extends Error {}

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () =>
    interrupted.abort(new CliError("Stopped. Run the same command again, and it goes on where this ended.")),
  );
}

const { values, positionals } = readArguments();
try {
  const [given] = positionals;
  if (given === undefined) throw new UsageError("Name one file or data set.");
  const path = await findFile(given, values.file);
  const file = await openRecords(path, values.encoding);
  const mapping = guessColumns(file.columns, parseMapping(values.map));
  const source = values.source ?? (isDatasetName(given) ? given : basename(path, extname(path)));
  const filters = values.where.map((text) => parseRowFilter(text, file.columns));
  for (const field of ticketFields) say(`  ${field.padEnd(10)} <- ${describeField(field, mapping[field])}`);

  const destination = await openDestination(source, values);
  const rejects = openRejects(`${path}.rejects.jsonl`);
  await rejects.clear();
  say(`Importing ${path} into ${destination.target}`);
  const progress = startProgress(`tickets (${file.unit} read)`);
  const startedMs = performance.now();
  const summary = await importTickets(file, destination, {
    mapping,
    filters,
    urgencies: parseUrgencies(values["map-urgency"]),
    queueRule: oneOf("queue-rule", values["queue-rule"], queueRules),
    dayOrder: oneOf("dates", values.dates, ["dmy", "mdy"] as const),
    keepsAnswers: !values["no-search"],
    schema: importedTicketSchema,
    onReject: rejects.add,
    onProgress: (done) => progress.update(done, file.size),
    signal: interrupted.signal,
  })
    .then(async (done) => {
      await destination.finish();
      return done;
    })
    .finally(async () => {
      progress.end();
      await rejects.close();
      await destination.close();
    });
  const seconds = (performance.now() - startedMs) / 1_000;
  say(
    `${summary.read} rows in ${seconds.toFixed(1)} s, ${Math.round(process.resourceUsage().maxRSS / 1e3)} MB at the peak`,
  );
  if (summary.rejected > 0) {
    say(`${summary.rejected} rows were rejected; ${path}.rejects.jsonl names each with its line and reason:`);
    for (const [reason, count] of Object.entries(summary.reasons)) say(`  ${count} ${reason}`);
  }
  console.log(JSON.stringify(summary));
  process.exitCode = summary.rejected > 0 ? 3 : 0;
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? `${message}\n\n${usage}` : message);
  process.exitCode = isUsage ? 2 : 1;
}

function readArguments() {
  return parseCommand({
    usage,
    mostPositionals: 1,
    options: {
      map: { type: "string", default: "" },
      where: { type: "string", multiple: true, default: [] },
      "map-urgency": { type: "string", default: "" },
      "queue-rule": { type: "string" },
      dates: { type: "string" },
      encoding: { type: "string", default: "utf-8" },
      source: { type: "string" },
      "no-search": { type: "boolean", default: false },
      to: { type: "string" },
      file: { type: "string" },
      "dry-run": { type: "boolean", default: false },
    },
  });
}

/** The file as named, or the data set's, downloaded once. */
async function findFile(given: string, file: string | undefined): Promise<string> {
  const path = callerPath(given);
  if ((await stat(path).catch(() => null))?.isFile()) return path;
  if (!isDatasetName(given)) throw new UsageError(`${given} is no file, and no OWNER/NAME of a data set.`);
  const known = findDataset(given);
  const name = known?.name ?? given;
  say(
    known
      ? `${name}: ${known.licence}. ${known.allows}\nIts rows about IT: --where "${known.itRows}"`
      : `${name}: read at https://huggingface.co/datasets/${name} what its licence allows before you use it.`,
  );
  const progress = startProgress("download (bytes)");
  return downloadDataset({
    name,
    file: file ?? known?.file,
    hubUrl,
    folder: cacheFolder,
    onBytes: progress.update,
    signal: interrupted.signal,
  }).finally(progress.end);
}

type Values = ReturnType<typeof readArguments>["values"];
type Destination = TicketSink & {
  readonly target: string;
  finish(): Promise<unknown>;
  close(): Promise<void>;
};

async function openDestination(source: string, values: Values): Promise<Destination> {
  if (values["dry-run"]) {
    const put = async (tickets: readonly unknown[]) => ({
      created: tickets.length,
      replaced: 0,
      unchanged: 0,
    });
    return { target: "nothing (a dry run)", put, finish: async () => {}, close: async () => {} };
  }
  if (values.to !== undefined) {
    const folder = callerPath(values.to);
    const sink = await openFolderSink(folder, source);
    const finish = async () => {
      if (sink.unlabelled() > 0) say(`${sink.unlabelled()} tickets without queue and urgency were left out.`);
      say(`Wrote ${await sink.finish()}`);
    };
    return { ...sink, target: folder, finish };
  }
  const config = parseConfig(process.env);
  const embeds = !values["no-search"];
  if (embeds && !config.modelDir)
    await ensureWeights({ dir: findModelDir(config), dtype: "fp32", onNotice: say });
  const knowledge = await openKnowledge(config, findModelDir(config), { embeds });
  const put = (tickets: Parameters<TicketSink["put"]>[0]) => knowledge.putTickets(tickets, source);
  return { target: knowledge.target, put, finish: async () => {}, close: knowledge.close };
}

/** A file of rejected rows that is there where one was; that of an earlier run goes. */
function openRejects(path: string) {
  let opened: ReturnType<typeof open> | undefined;
  return {
    clear: () => rm(path, { force: true }),
    add: async (line: number, reason: string) => {
      opened ??= open(path, "w");
      await (await opened).appendFile(`${JSON.stringify({ line, reason })}\n`);
    },
    close: async () => (await opened)?.close(),
  };
}

/** "a=b,c=d" as pairs; a value may be empty. */
function parsePairs(option: string, text: string): [string, string][] {
  return text
    .split(",")
    .filter((pair) => pair.trim() !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`--${option}: "${pair}" is not NAME=VALUE.`);
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    });
}

function parseMapping(text: string): Partial<Record<TicketField, string>> {
  const pairs = parsePairs("map", text);
  const unknown = pairs.find(([field]) => !ticketFields.includes(field as TicketField));
  if (unknown)
    throw new UsageError(`--map: a ticket has no "${unknown[0]}"; it has ${ticketFields.join(", ")}.`);
  return Object.fromEntries(pairs);
}

function parseUrgencies(text: string): Map<string, Urgency | null> {
  const pairs = parsePairs("map-urgency", text);
  return new Map(
    pairs.map(([value, name]) => {
      const urgency = urgencySchema.safeParse(name);
      if (!urgency.success && name !== "none")
        throw new UsageError(`--map-urgency: "${name}" is none of low, medium, high, none.`);
      return [foldText(value).replace(/[_\s]+/g, " "), urgency.data ?? null];
    }),
  );
}

function oneOf<const Name extends string>(option: string, value: string | undefined, names: readonly Name[]) {
  const found = names.find((name) => name === value);
  if (value !== undefined && !found) throw new UsageError(`--${option} is ${names.join(" or ")}.`);
  return found;
}

function describeField(field: TicketField, column: string | undefined): string {
  if (column !== undefined) return column;
  return { id: "a digest of subject and body", language: "detected" }[field as string] ?? "(none)";
}
