import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { QuestionTerm } from "./question-terms.ts";
import type { Passage } from "./retrieval.ts";

/** About how many chunks of a kind are scored at most: what the rarest terms of the question find. */
const candidateBudget = 4_000;

/** How many of the best of a kind are handed on to the fusion. */
const keptCandidates = 60;

const foundSchema = z.object({
  /** The question as a sparse vector over lexeme ids, in pgvector's text form; BM25 is its inner product with a chunk's weights. */
  vector: z.string(),
  /** Terms that the collection knows, with the share of the question's rarity that each carries. */
  terms: z.array(z.object({ concept: z.number(), lexeme: z.string(), idf: z.number() })),
  chunk_ids: z.array(z.string()),
});

/** What the text arm found for a question: candidates, and what is needed to score any other chunk the same way. */
export type FoundByTerms = z.infer<typeof foundSchema>;

/**
 * The text arm: the chunks that score best by BM25 among those that hold one of the question's rarest terms. One
 * statement; rarity comes from the counts in `lexemes`, the language's dictionary from search_lexemes.
 */
export async function findByTerms(
  database: Database,
  terms: readonly QuestionTerm[],
  kinds: readonly Passage["kind"][],
): Promise<FoundByTerms> {
  const candidates = sql.join(kinds.map(candidatesOf), sql` union all `);
  const [row] = await database.rows(
    sql`with asked as materialized (
        select concept, word, language, weight
        from jsonb_to_recordset(${JSON.stringify(terms)}::jsonb) as a(concept int, word text, language text, weight real)
      ), stopped as (
        select concept from asked where weight = 1 and search_lexemes(word, language) = '{}'
      ), lexed as (
        select concept, lexeme, max(weight) as weight
        from asked, unnest(search_lexemes(word, language)) as lexeme
        where concept not in (select concept from stopped)
          and (weight = 1 or language in (select language from chunk_counts where chunk_count > 0))
        group by concept, lexeme
      ), size as (
        select coalesce(sum(chunk_count), 0) as chunks from chunk_counts where kind = any(${sqlKinds(kinds)})
      ), term as materialized (
        select l.id, x.concept, x.lexeme, x.weight, l.article_count, l.ticket_count,
          ln(1 + (size.chunks - c.holding + 0.5) / (c.holding + 0.5)) as idf, c.holding
        from lexed x left join lexemes l using (lexeme), size,
          lateral (select coalesce(${holding(kinds)}, 0) as holding) c
      ), question as (
        select coalesce(string_agg(id || ':' || weight, ','), '') as weights from (
          select id, (max(weight * idf))::real as weight from term where holding > 0 group by id) w
      ), candidate as (${candidates})
      select '{' || question.weights || '}/1000000000' as vector,
        coalesce((select jsonb_agg(jsonb_build_object('concept', concept, 'lexeme', lexeme, 'idf', idf)) from term), '[]') as terms,
        coalesce((select jsonb_agg(chunk_id) from candidate), '[]') as chunk_ids
      from question`,
    { isRead: true },
  );
  return foundSchema.parse(row);
}

const sqlKinds = (kinds: readonly Passage["kind"][]) =>
  sql`array[${sql.join(
    kinds.map((kind) => sql`${kind}`),
    sql`, `,
  )}]::text[]`;

/** In how many chunks of the asked kinds a lexeme occurs. */
function holding(kinds: readonly Passage["kind"][]) {
  return sql.join(
    kinds.map((kind) => sql.raw(`l.${kind}_count`)),
    sql` + `,
  );
}

/**
 * Best candidates of one kind. The terms of the tsquery are the rarest ones, as many as together occur in no more chunks
 * than the budget, and at least one. The kind is a literal so that its partial index is used.
 */
function candidatesOf(kind: Passage["kind"]) {
  const count = sql.raw(`${kind}_count`);
  return sql`(select t.chunk_id from chunk_terms t
    where t.kind = ${sql.raw(`'${kind}'`)} and t.lexemes @@ (
      select string_agg(quote_literal(lexeme), ' | ')::tsquery from (
        select lexeme, sum(least(holding, ${candidateBudget})) over (order by holding, lexeme) as total,
          row_number() over (order by holding, lexeme) as place
        from (select lexeme, max(${count}) as holding from term where ${count} > 0 group by lexeme)
      ) rarest where total <= ${candidateBudget} or place = 1)
    order by t.weights <#> (select '{' || weights || '}/1000000000' from question)::sparsevec
    limit ${keptCandidates})`;
}
