import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { joinCalls } from "../join-calls.ts";
import type { Passage, ReadAround } from "./retrieval.ts";

/** Longest text around one passage, in characters: what the prompt gives one source. */
const maxLength = 4_000;

/** Chunks before and behind the found one that are looked at; more than maxLength can hold. */
const reach = 12;

const neighbourSchema = z.object({
  found: z.string(),
  ordinal: z.number().int(),
  place: z.number().int(),
  heading: z.string().nullable(),
  content: z.string(),
});

type Neighbour = z.infer<typeof neighbourSchema>;

/**
 * Reads articles around their found chunks: search finds the chunk that sounds like the question, which is often the list of
 * symptoms, and the steps stand in the next one. Grows from the found chunk to its neighbours, up to 4,000 characters,
 * with the headings as Markdown. Tickets come back as they are. One statement, shared by the calls of one turn of the event
 * loop (joinCalls). Throws DatabaseUnavailableError.
 */
export function createReadAround(database: Database, endOfTurn?: () => Promise<unknown>): ReadAround {
  const read = joinCalls((asked: readonly (readonly string[])[]) => readNeighbours(database, asked), {
    endOfTurn,
  });
  return async (passages) => {
    const articles = passages
      .filter((passage) => passage.kind === "article")
      .map((passage) => passage.chunkId);
    if (articles.length === 0) return passages;
    const neighbours = await read(articles);
    return passages.map((passage) => widen(passage, neighbours.get(passage.chunkId) ?? []));
  };
}

type Neighbours = ReadonlyMap<string, readonly Neighbour[]>;

/** Of each list of chunks the neighbours by chunk; one statement for all lists. */
async function readNeighbours(
  database: Database,
  lists: readonly (readonly string[])[],
): Promise<Neighbours[]> {
  const values = { chunkIds: JSON.stringify([...new Set(lists.flat())]) };
  const rows = await database.rows(statement, { isRead: true, isPrepared: true, values });
  const neighbours = Map.groupBy(
    rows.map((row) => neighbourSchema.parse(row)),
    (row) => row.found,
  );
  return lists.map(() => neighbours);
}

const statement = sql`select a.id::text as found, a.ordinal as place, r.ordinal, r.heading, r.content
  from jsonb_array_elements_text(${sql.placeholder("chunkIds")}::jsonb) asked
  join rag_docs a on a.id = asked::uuid
  join rag_docs r on r.document_id = a.document_id
    and r.ordinal between a.ordinal - ${sql.raw(String(reach))} and a.ordinal + ${sql.raw(String(reach))}
  order by a.id, r.ordinal`;

function widen<Found extends Passage>(passage: Found, neighbours: readonly Neighbour[]): Found {
  const place = neighbours.findIndex((row) => row.ordinal === row.place);
  if (place < 0) return passage;
  let [start, end] = [place, place + 1];
  let length = sizeOf(neighbours[place]);
  // What follows a chunk helps sooner than what precedes it: symptoms come before steps.
  for (let grown = true; grown; ) {
    grown = false;
    for (const next of [end, start - 1]) {
      const size = sizeOf(neighbours[next]);
      if (size === 0 || length + size > maxLength) continue;
      length += size;
      if (next === end) end += 1;
      else start -= 1;
      grown = true;
    }
  }
  return { ...passage, content: join(neighbours.slice(start, end)) };
}

const sizeOf = (row: Neighbour | undefined) =>
  row ? row.content.length + (row.heading?.length ?? 0) + 5 : 0;

/** Chunks in their order, each heading once. */
function join(rows: readonly Neighbour[]): string {
  return rows
    .map((row, i) =>
      row.heading && row.heading !== rows[i - 1]?.heading
        ? `## ${row.heading}\n\n${row.content}`
        : row.content,
    )
    .join("\n\n");
}
