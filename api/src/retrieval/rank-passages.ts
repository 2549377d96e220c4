import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { FoundByTerms } from "./find-by-terms.ts";
import type { Passage } from "./retrieval.ts";
import { vectorLiteral } from "./vector-literal.ts";

/** How many nearest vectors of a kind go into the fusion. */
const nearest = 30;

/**
 * What the cosine counts beside the text score. MiniLM learned from English: over questions in other languages its
 * cosines say less (docs/retrieval.md has the measurements).
 */
const cosineShare = (language: string) => (language === "en" ? 0.5 : 0.1);

/** Entries that an HNSW search keeps: recall@5 of at least .98 (docs/retrieval.md). */
export const efSearch = 80;

const rowSchema = z
  .object({
    chunk_id: z.string(),
    kind: z.enum(["article", "ticket"]),
    source_id: z.string(),
    queue: z.string().nullable(),
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
      queue: row.queue,
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
  readonly language: string;
  readonly topK: number;
  readonly kinds: readonly Passage["kind"][];
};

/**
 * The best passages, one for each source: the text arm's candidates and the nearest vectors of each kind, all scored by both
 * measures. The fused score is a weighted mean of the cosine and of BM25 as a share of its ceiling. Of two kinds each
 * gets half of the places, where it has enough to fill them. One statement.
 */
export async function rankPassages(
  database: Database,
  { found, vector, language, topK, kinds }: RankRequest,
): Promise<Passage[]> {
  if (!vector && found.chunk_ids.length === 0) return [];
  const asked = vector && vectorLiteral(vector);
  const near = asked
    ? sql.join(
        kinds.map((kind) => sql`union ${nearestOf(kind)}`),
        sql` `,
      )
    : sql``;
  const share = vector ? cosineShare(language) : 0;
  const rows = await database.rows(
    sql`with asked as materialized (
        select ${asked}::vector as vector
      ), settings as materialized (
        select set_config('hnsw.ef_search', ${String(efSearch)}, true) as ef_search
      ), candidate as (
        select value::uuid as id from jsonb_array_elements_text(${JSON.stringify(found.chunk_ids)}::jsonb) ${near}
      ), scored as materialized (
        select r.id, r.kind, coalesce(r.document_id, r.ticket_id) as source_id,
          1 - (r.embedding <=> (select vector from asked)) as cosine,
          least(coalesce(-(t.weights <#> ${found.vector}::sparsevec) / nullif(${found.ceiling}::float8, 0), 0), 1) as text_score
        from candidate join rag_docs r using (id) join chunk_terms t on t.chunk_id = r.id
      ), fused as materialized (
        select *, ${share}::float8 * coalesce(cosine, 0) + (1 - ${share}::float8) * text_score as fused from scored
      ), best as (
        select *, row_number() over (partition by kind order by fused desc, id) as place from (
          select *, row_number() over (partition by source_id order by fused desc, id) as place_in_source from fused) p
        where place_in_source = 1
      ), chosen as materialized (
        select * from best order by place > ${Math.ceil(topK / kinds.length)}, fused desc, id limit ${topK}
      ), term as (
        select concept, lexeme, idf from jsonb_to_recordset(${JSON.stringify(found.terms)}::jsonb)
          as t(concept int, lexeme text, idf float8)
      ), total as (
        select sum(idf) as mass from (select min(idf) as idf from term group by concept) c
      )
      select b.id as chunk_id, b.kind, b.source_id, coalesce(d.queue, s.queue) as queue, r.title, r.url, r.heading, r.content, r.language, b.cosine, b.fused,
        covered.mass / nullif(total.mass, 0) as coverage
      from chosen b join rag_docs r on r.id = b.id join chunk_terms t on t.chunk_id = b.id
        left join documents d on d.id = r.document_id left join tickets s on s.id = r.ticket_id, total,
        lateral (select coalesce(sum(idf), 0) as mass from (
          select concept from term where lexeme = any(tsvector_to_array(t.lexemes)) group by concept) held
          join (select concept, min(idf) as idf from term group by concept) c using (concept)) covered
      order by b.fused desc, b.id`,
    { isRead: true, isPrepared: true },
  );
  return rows.map((row) => rowSchema.parse(row));
}

/**
 * The kind is a literal so that its partial index is used, and so is the limit: a prepared statement's plan would else expect
 * a tenth of the rows and sort them all. The settings are read first because of the condition on them.
 */
function nearestOf(kind: Passage["kind"]) {
  return sql`(select id from rag_docs
    where kind = ${sql.raw(`'${kind}'`)} and (select ef_search from settings) is not null
    order by embedding <=> (select vector from asked) limit ${sql.raw(String(nearest))})`;
}
