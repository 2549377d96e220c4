import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { FoundByTerms } from "./find-by-terms.ts";
import type { Passage } from "./retrieval.ts";
import { vectorLiteral } from "./vector-literal.ts";

/** How many nearest vectors of a kind go into the fusion. */
const nearest = 60;

/** Reciprocal rank fusion's constant (Cormack, Clarke and Buettcher 2009). */
const rrfConstant = 60;

/** Entries that an HNSW search keeps: recall@5 of at least .98 (docs/retrieval.md). */
const efSearch = 120;

const rowSchema = z
  .object({
    chunk_id: z.string(),
    kind: z.enum(["article", "ticket"]),
    source_id: z.string(),
    title: z.string(),
    url: z.string().nullable(),
    heading: z.string().nullable(),
    content: z.string(),
    language: z.string(),
    cosine: z.number().nullable(),
    coverage: z.number().nullable(),
    fused: z.number(),
  })
  .transform(
    (row): Passage => ({
      chunkId: row.chunk_id,
      kind: row.kind,
      sourceId: row.source_id,
      title: row.title,
      url: row.url,
      heading: row.heading,
      content: row.content,
      language: row.language,
      cosine: row.cosine,
      coverage: row.coverage,
      fused: row.fused,
    }),
  );

type RankRequest = {
  readonly found: FoundByTerms;
  readonly vector: Float32Array | null;
  readonly topK: number;
  readonly kinds: readonly Passage["kind"][];
};

/**
 * The best passages, one for each source: the text arm's candidates and the nearest vectors of each kind, each ranked by both
 * measures among all of them, fused by reciprocal rank inside its kind, and merged. One statement.
 */
export async function rankPassages(
  database: Database,
  { found, vector, topK, kinds }: RankRequest,
): Promise<Passage[]> {
  if (!vector && found.chunk_ids.length === 0) return [];
  const asked = vector && vectorLiteral(vector);
  const near = asked
    ? sql`union ${sql.join(
        kinds.map((kind) => nearestOf(kind, asked)),
        sql` union `,
      )}`
    : sql``;
  const rows = await database.rows(
    sql`with settings as materialized (
        select set_config('hnsw.ef_search', ${String(efSearch)}, true) as ef_search
      ), candidate as (
        select value::uuid as id from jsonb_array_elements_text(${JSON.stringify(found.chunk_ids)}::jsonb) ${near}
      ), scored as (
        select r.id, r.kind, coalesce(r.document_id, r.ticket_id) as source_id,
          1 - (r.embedding <=> ${asked}::vector) as cosine, -(t.weights <#> ${found.vector}::sparsevec) as bm25
        from candidate join rag_docs r using (id) join chunk_terms t on t.chunk_id = r.id
      ), ranked as (
        select *, case when cosine is null then 0 else 1.0 / (${rrfConstant} + rank() over (partition by kind order by cosine desc)) end
          + case when bm25 > 0 then 1.0 / (${rrfConstant} + rank() over (partition by kind order by bm25 desc)) else 0 end as fused
        from scored
      ), best as (
        select * from (select *, row_number() over (partition by source_id order by fused desc, id) as place from ranked) p
        where place = 1 order by fused desc, kind, id limit ${topK}
      ), term as (
        select concept, lexeme, idf from jsonb_to_recordset(${JSON.stringify(found.terms)}::jsonb)
          as t(concept int, lexeme text, idf float8)
      ), total as (
        select sum(idf) as mass from (select max(idf) as idf from term group by concept) c
      )
      select b.id as chunk_id, b.kind, b.source_id, r.title, r.url, r.heading, r.content, r.language, b.cosine,
        b.fused::float8 as fused, case when total.mass > 0 then covered.mass / total.mass end as coverage
      from best b join rag_docs r on r.id = b.id join chunk_terms t on t.chunk_id = b.id, total,
        lateral (select coalesce(sum(idf), 0) as mass from (
          select max(idf) as idf from term where lexeme = any(tsvector_to_array(t.lexemes)) group by concept) c) covered
      order by b.fused desc, b.kind, b.id`,
    { isRead: true },
  );
  return rows.map((row) => rowSchema.parse(row));
}

/** The kind is a literal so that its partial index is used; the settings are read first because of the condition on them. */
function nearestOf(kind: Passage["kind"], asked: string) {
  return sql`(select id from rag_docs
    where kind = ${sql.raw(`'${kind}'`)} and (select ef_search from settings) is not null
    order by embedding <=> ${asked}::vector limit ${nearest})`;
}
