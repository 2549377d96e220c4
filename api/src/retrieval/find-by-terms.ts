import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { keepStatements } from "../keep-statements.ts";
import { chooseCandidates } from "./choose-candidates.ts";
import type { QuestionTerm } from "./question-terms.ts";
import type { Passage } from "./retrieval.ts";
import { lookedUpTermSchema, type WeighedTerms, weighTerms } from "./weigh-terms.ts";

/** How many postings of a kind are read at most: those of the question's rarest lexemes. Four bytes each, so 64 kB for a question. */
const postingBudget = 8_000;

/** Postings of a piece in lexeme_postings, at most. */
const postingsOfPiece = 250;

/** How many of the best of a kind are handed on, to be scored exactly. */
const keptCandidates = 40;

/** What a word as it stands counts beside its stem. */
const surfaceWeight = 0.5;

const postingsSchema = z.instanceof(Uint8Array).nullish();

const foundSchema = z.object({
  question: z.number(),
  chunks: z.number(),
  terms: z.array(lookedUpTermSchema),
  article: postingsSchema,
  ticket: postingsSchema,
});

/** What the text arm found for a question: the numbers of chunks, and what is needed to score any chunk. */
export type FoundByTerms = WeighedTerms & { readonly numbers: readonly number[] };

/**
 * The text arm: for each question the chunks of each kind that score best by its rarest lexemes, as many as together have no more
 * postings than the budget. One statement for all; rarity comes from the counts in `lexemes`, the language's dictionary from search_stem.
 * Terms come in a fixed order, so that sums over them do not depend on a question's company.
 */
export async function findByTerms(
  database: Database,
  questions: readonly (readonly QuestionTerm[])[],
  kinds: readonly Passage["kind"][],
): Promise<FoundByTerms[]> {
  const terms = questions.flatMap((terms, question) => terms.map((term) => ({ question, ...term })));
  const values = { terms: JSON.stringify(terms) };
  const statement = statementFor(kinds, questions.length);
  const rows = await database.rows(statement, { isRead: true, isPrepared: true, values });
  const found: FoundByTerms[] = [];
  for (const row of rows) {
    const { question, chunks, terms, ...postings } = foundSchema.parse(row);
    const weighed = weighTerms(terms, chunks);
    const numbers = kinds.flatMap((kind) => chooseCandidates(postings[kind], weighed.scores, keptCandidates));
    found[question] = { ...weighed, numbers };
  }
  return found;
}

/**
 * The same object for the same kinds and as many questions, so that it is put into words once. The questions' numbers stand in the text, since
 * PostgreSQL takes a series of unknown length for a thousand rows, and then plans every call anew.
 */
const statementFor = keepStatements(
  (kinds: readonly Passage["kind"][], count: number) => sql`with asked as (
        select * from jsonb_to_recordset(${sql.placeholder("terms")}::jsonb)
          as a(question int, concept int, word text, language text, weight float8, own boolean)
      ), stemmed as materialized (
        select *, search_stem(word, language) as stem from asked
      ), form as (
        select question, concept, own, stem as lexeme, weight from stemmed where stem <> ''
        union all
        select question, concept, own, '=' || fold_accents(word), ${sql.raw(String(surfaceWeight))}::float8 * weight from stemmed where own and stem <> ''
      ), lexed as (
        select question, min(concept) as concept, lexeme, bool_or(own) as own,
          case when bool_or(own) then sum(weight) filter (where own) else max(weight) end as weight
        from form group by question, lexeme
      ), term as materialized (
        select x.*, l.id, l.article_count, l.ticket_count from lexed x left join lexemes l using (lexeme) where own or id is not null
      )
      select question, (
          select coalesce(sum(chunk_count), 0)::float8 from chunk_counts
          where kind in (${sql.raw(kinds.map((kind) => `'${kind}'`).join(", "))})
        ) as chunks, (
          select coalesce(json_agg(json_build_object('id', id, 'concept', concept, 'own', own, 'weight', weight,
            'holding', coalesce(${holdingOf(kinds)}, 0)) order by lexeme), '[]') from term where term.question = q.question
        ) as terms, ${sql.join(kinds.map(postingsOf), sql`, `)}
      from (values ${sql.raw(Array.from({ length: count }, (_, number) => `(${number})`).join(", "))}) as q(question)`,
);

/** In how many chunks of the asked kinds a lexeme occurs. */
function holdingOf(kinds: readonly Passage["kind"][]) {
  return sql.raw(kinds.map((kind) => `${kind}_count`).join(" + "));
}

/**
 * The postings of one kind's rarest lexemes, one behind the other, each piece after its lexeme's id and its length. The rarest one is
 * always among them: of a lexeme that exceeds the budget alone, the newest pieces.
 */
function postingsOf(kind: Passage["kind"]) {
  const count = sql.raw(`${kind}_count`);
  return sql`(select string_agg(int4send(id) || int4send(length(postings)) || postings, '') from (
      select id, sum(${count}) over (order by ${count}, id) as total, row_number() over (order by ${count}, id) as place
      from term where term.question = q.question and ${count} > 0
    ) rarest, lateral (
      select postings from lexeme_postings p where p.lexeme_id = rarest.id and p.kind = ${sql.raw(`'${kind}'`)}
      order by first_number desc limit ${sql.raw(String(postingBudget / postingsOfPiece))}
    ) piece where total <= ${sql.raw(String(postingBudget))} or place = 1) as ${sql.raw(kind)}`;
}
