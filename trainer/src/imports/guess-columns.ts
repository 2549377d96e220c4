import { foldText } from "@support-it-agent/shared/text/fold-text";
import { CliError } from "../cli-error.ts";

/** What a ticket has, and what a column of an export can be mapped to. */
export const ticketFields = [
  "id",
  "subject",
  "body",
  "answer",
  "queue",
  "urgency",
  "language",
  "created_at",
] as const;

export type TicketField = (typeof ticketFields)[number];

/** Field -> the file's column. A field that is not there has none. */
export type ColumnMapping = Partial<Record<TicketField, string>>;

/**
 * Names that exports give these columns (Jira, ServiceNow, Zendesk, GLPI, Zammad, spreadsheets; English and French), the
 * likeliest first; spaces, underscores, case and accents do not count.
 */
const knownNames: Readonly<Record<TicketField, readonly string[]>> = {
  id: [
    "id",
    "ticketid",
    "externalid",
    "key",
    "issuekey",
    "number",
    "ticketnumber",
    "numero",
    "ref",
    "reference",
  ],
  subject: ["subject", "title", "summary", "shortdescription", "name", "objet", "titre", "sujet", "resume"],
  body: [
    "body",
    "description",
    "text",
    "content",
    "message",
    "details",
    "question",
    "contenu",
    "texte",
    "demande",
  ],
  answer: ["answer", "resolution", "solution", "closenotes", "resolutionnotes", "reply", "reponse"],
  queue: [
    "queue",
    "topic",
    "category",
    "assignmentgroup",
    "team",
    "department",
    "label",
    "file",
    "categorie",
    "equipe",
  ],
  urgency: ["urgency", "priority", "severity", "urgence", "priorite", "gravite"],
  language: ["language", "lang", "locale", "langue"],
  created_at: [
    "createdat",
    "created",
    "occurredat",
    "openedat",
    "opened",
    "createddate",
    "creationdate",
    "date",
    "timestamp",
    "datecreation",
    "datedecreation",
    "dateouverture",
  ],
};

/**
 * Which column holds what: as `given` says (an empty name: none), else by its name. Throws CliError where a given column is not
 * in the file, and where no column holds the body.
 */
export function guessColumns(
  columns: readonly string[],
  given: Readonly<Partial<Record<TicketField, string>>>,
): ColumnMapping {
  const unknown = Object.values(given).find((column) => column !== "" && !columns.includes(column));
  if (unknown !== undefined)
    throw new CliError(`The file has no column "${unknown}". It has: ${columns.join(", ")}.`);
  const taken = new Set(Object.values(given));
  const mapping: ColumnMapping = {};
  for (const field of ticketFields) {
    const column = given[field] ?? findByName(columns, knownNames[field], taken);
    if (column) mapping[field] = column;
  }
  if (mapping.body !== undefined) return mapping;
  throw new CliError(
    `No column is named like the text of a ticket. Say which it is: --map body=COLUMN. The file has: ${columns.join(", ")}.`,
  );
}

function findByName(
  columns: readonly string[],
  names: readonly string[],
  taken: ReadonlySet<string>,
): string | undefined {
  const plain = (name: string) => foldText(name).replace(/[^a-z0-9]/g, "");
  for (const name of names) {
    const column = columns.find((candidate) => plain(candidate) === name && !taken.has(candidate));
    if (column !== undefined) return column;
  }
  return undefined;
}
