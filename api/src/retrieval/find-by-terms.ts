import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { keepByKinds } from "./keep-by-kinds.ts";
import type { QuestionTerm } from "./question-terms.ts";
import type { Passage } from "./retrieval.ts";

/** About how many chunks of a kind are scored at most: what the rarest terms of the question find. */
const candidateBudget = 1_000;

/** How many of the best of a kind are handed on to the fusion. */
const keptCandidates = 30;

/** What a word as it stands counts beside its stem. */
const surfaceWeight = 0.5;

const foundSchema = z.object({
  /** The question as a sparse vector over lexeme ids, in pgvector's text form: BM25 is its inner product with a chunk's weights. */
  vector: z.string(),
  /** What a chunk scored at most that held every word of the question endlessly often. */
  ceiling: z.number(),
  /** The question's lexemes with their inverse document frequencies. */
  terms: z.array(z.object({ concept: z.number(), lexeme: z.string(), idf: z.number() })),
  /** The candidates and their inner products (negative, the least one is the best), as PostgreSQL writes arrays: they go back as they are. */
  chunk_ids: z.string(),
  products: z.string(),
});

/** What the text arm found for a question: candidates, and what is needed to score any other chunk the same way. */
export type FoundByTerms = z.infer<typeof foundSchema>;

/**
 * The text arm: the chunks that score best by BM25 among those that hold one of the question's rarest terms. One
 * statement; rarity comes from the counts in `lexemes`, the language's dictionary from search_stem.
 */
export async function findByTerms(
  database: Database,
  terms: readonly QuestionTerm[],
  kinds: readonly Passage["kind"][],
): Promise<FoundByTerms> {
  const values = { terms: JSON.stringify(terms) };
  const [row] = await database.rows(statementFor(kinds), { isRead: true, isPrepared: true, values });
  return foundSchema.parse(row);
}

/** The same object for the same kinds, so that it is put into words once. */
const statementFor = keepByKinds(
  (kinds) => sql`with asked as (
        select * from jsonb_to_recordset(${sql.placeholder("terms")}::jsonb)
          as a(concept int, word text, language text, weight float8, own boolean)
      ), stemmed as materialized (
        select *, search_stem(word, language) as stem from asked
      ), form as (
        select concept, own, stem as lexeme, weight from stemmed where stem <> ''
        union all
        select concept, own, '=' || fold_accents(word), ${sql.raw(String(surfaceWeight))}::float8 * weight from stemmed where own and stem <> ''
      ), lexed as (
        select min(concept) as concept, lexeme, bool_or(own) as own,
          case when bool_or(own) then sum(weight) filter (where own) else max(weight) end as weight
        from form group by lexeme
      ), size as (
        select coalesce(sum(chunk_count), 0)::float8 as chunks from chunk_counts
        where kind in (${sql.raw(kinds.map((kind) => `'${kind}'`).join(", "))})
      ), known as (
        select x.*, l.id, l.article_count, l.ticket_count, ln(1 + (size.chunks - h.holding + 0.5) / (h.holding + 0.5)) as idf
        from lexed x left join lexemes l using (lexeme), size,
          lateral (select coalesce(${holdingOf(kinds)}, 0)::float8 as holding) h
      ), term as materialized (
        select *, case when own then weight * idf
          else weight * min(idf) over translations / sqrt(count(id) over translations) end as score
        from known where own or id is not null
        window translations as (partition by concept, own)
      ), question as materialized (
        select ('{' || coalesce(string_agg(id || ':' || score::real, ',') filter (where id is not null), '') || '}/1000000000')::sparsevec as vector,
          coalesce(sum(score) filter (where own), 0) as ceiling,
          coalesce(json_agg(json_build_object('concept', concept, 'lexeme', lexeme, 'idf', idf)), '[]') as terms
        from term
      ), candidate as (${sql.join(kinds.map(candidatesOf), sql` union all `)}), candidates as (
        select coalesce(array_agg(chunk_id), '{}')::text as chunk_ids, coalesce(array_agg(product), '{}')::text as products from candidate
      )
      select vector::text, ceiling, terms, chunk_ids, products from question, candidates`,
);

/** In how many chunks of the asked kinds a lexeme occurs. */
function holdingOf(kinds: readonly Passage["kind"][]) {
  return sql.raw(kinds.map((kind) => `l.${kind}_count`).join(" + "));
}

/**
 * Best candidates of one kind. The terms of the tsquery are the rarest ones, as many as together occur in no more chunks
 * than the budget, and at least one. The kind is a literal so that its partial index is used.
 */
function candidatesOf(kind: Passage["kind"]) {
  const count = sql.raw(`${kind}_count`);
  return sql`(select chunk_id, weights <#> (select vector from question) as product from chunk_terms
    where kind = ${sql.raw(`'${kind}'`)} and lexemes @@ (
      select string_agg(quote_literal(lexeme), ' | ')::tsquery from (
        select lexeme, sum(${count}) over (order by ${count}, lexeme) as total, row_number() over (order by ${count}, lexeme) as place
        from term where ${count} > 0
      ) rarest where total <= ${sql.raw(String(candidateBudget))} or place = 1)
    order by product limit ${sql.raw(String(keptCandidates))})`;
}
