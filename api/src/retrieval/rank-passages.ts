import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { keepStatements } from "../keep-statements.ts";
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

/** Entries that an HNSW search keeps (docs/retrieval.md has what it finds). */
export const efSearch = 40;

const rowSchema = z.object({
  question: z.number(),
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
  fused: z.number(),
  /** The question's concepts of which the chunk holds some lexeme. */
  held: z.array(z.number()).nullable(),
});

/** What the two arms bring of one question. */
export type RankedQuestion = {
  readonly found: FoundByTerms;
  /** The same for all questions of a call: null, or not. */
  readonly vector: Float32Array | null;
  readonly language: string;
};

export type RankOptions = {
  readonly topK: number;
  readonly kinds: readonly Passage["kind"][];
};

/**
 * The best passages of each question, one for each source: the text arm's candidates and the nearest vectors of each kind, all scored by
 * both measures. The fused score is a weighted mean of the cosine and of BM25 as a share of its ceiling. Of two kinds each
 * gets half of the places, where it has enough to fill them. One statement for all.
 */
export async function rankPassages(
  database: Database,
  questions: readonly RankedQuestion[],
  { topK, kinds }: RankOptions,
): Promise<Passage[][]> {
  const hasVectors = questions.every(({ vector }) => vector !== null);
  const values = Object.fromEntries(
    questions.flatMap((question, number) =>
      Object.entries(valuesOf(question)).map(([name, value]) => [`${name}${number}`, value]),
    ),
  );
  const places = { placesOfKind: Math.ceil(topK / kinds.length), topK };
  const rows = await database.rows(statementFor(kinds, questions.length, hasVectors), {
    isRead: true,
    isPrepared: true,
    values: { ...values, ...places },
  });
  const passages: Passage[][] = questions.map(() => []);
  const coverages = questions.map(({ found }) => createCoverage(found.terms));
  for (const row of rows.map((row) => rowSchema.parse(row))) {
    const coverageOf = coverages[row.question];
    if (coverageOf) passages[row.question]?.push(toPassage(row, coverageOf));
  }
  return passages;
}

/** Of each question; a number behind the name tells them apart. */
const typeOfValue = {
  vector: "halfvec(384)",
  words: "sparsevec",
  ceiling: "float8",
  share: "float8",
  numbers: "int[]",
  concepts: "int[]",
  lexemes: "sparsevec[]",
};

function valuesOf({ found, vector, language }: RankedQuestion): Record<keyof typeof typeOfValue, unknown> {
  return {
    vector: vector && vectorLiteral(vector),
    words: sparseVectorLiteral(found.scores),
    ceiling: found.ceiling,
    share: vector ? cosineShare(language) : 0,
    numbers: `{${found.numbers.join()}}`,
    ...conceptsOf(found.terms),
  };
}

/** A vector over lexeme ids as pgvector reads it; the number behind it is that of `rag_docs.weights`' dimensions. */
function sparseVectorLiteral(scores: Iterable<readonly [number, number]>): string {
  const entries = [...scores].map(([id, score]) => `${id}:${score.toPrecision(9)}`);
  return `{${entries.join()}}/1000000000`;
}

/**
 * The concepts that have lexemes, and of each a vector over these: weights are above 0, so that a chunk whose product with it is not 0 holds
 * one of them.
 */
function conceptsOf(terms: FoundByTerms["terms"]): { concepts: string; lexemes: string } {
  const known = terms.filter(({ id }) => id !== null);
  const groups = [...Map.groupBy(known, ({ concept }) => concept)];
  const vectorOf = (group: typeof known) => `"${sparseVectorLiteral(group.map(({ id }) => [id ?? 0, 1]))}"`;
  return {
    concepts: `{${groups.map(([concept]) => concept).join()}}`,
    lexemes: `{${groups.map(([, group]) => vectorOf(group)).join()}}`,
  };
}

/** The same object for the same kinds and as many questions, so that it is put into words once. */
const statementFor = keepStatements(
  (kinds: readonly Passage["kind"][], count: number, hasVectors: boolean) => sql`with asked as materialized (
      select *, -1 / nullif(ceiling, 0) as scale
      from (values ${sql.join(Array.from({ length: count }, askedRow), sql`, `)}) as a(question, ${sql.raw(Object.keys(typeOfValue).join(", "))})
    ), settings as materialized (
      select set_config('hnsw.ef_search', ${sql.raw(`'${efSearch}'`)}, true) as ef_search
    )
    select asked.question, b.id as chunk_id, b.kind, b.source_id, coalesce(
        (select queue from documents d where d.id = r.document_id), (select queue from tickets s where s.id = r.ticket_id)) as queue,
      r.title, r.url, r.heading, r.content, r.language, b.cosine, b.fused, (
        select array_agg(concept) from unnest(concepts, lexemes) as c(concept, lexemes) where r.weights <#> c.lexemes < 0) as held
    from asked cross join lateral (
      with near as materialized (${hasVectors ? sql.join(kinds.map(nearestOf), sql` union all `) : nothingNear}), pair as (
        select id, kind, source_id, distance, weights from near
        union all
        select r.id, r.kind, coalesce(r.document_id, r.ticket_id), r.embedding <=> vector, r.weights
        from unnest(numbers) as worded(number) join rag_docs r using (number)
        where number not in (select number from near)
      ), fused as materialized (
        select id, kind, source_id, 1 - distance as cosine, share * coalesce(1 - distance, 0)
          + (1 - share) * least(coalesce((weights <#> words) * scale, 0), 1) as fused
        from pair
      ), best as (
        select *, row_number() over (partition by kind order by fused desc, id) as place
        from (select distinct on (source_id) * from fused order by source_id, fused desc, id) s
      )
      select * from best order by place > ${sql.placeholder("placesOfKind")}::int, fused desc, id
      limit ${sql.placeholder("topK")}::int
    ) b join rag_docs r on r.id = b.id
    order by asked.question, b.fused desc, b.id`,
);

const askedRow = (_: unknown, number: number) =>
  sql`(${sql.raw(String(number))}, ${sql.join(
    Object.entries(typeOfValue).map(
      ([name, type]) => sql`${sql.placeholder(`${name}${number}`)}::${sql.raw(type)}`,
    ),
    sql`, `,
  )})`;

/**
 * The kind is a literal so that its partial index is used, and so is the limit: a prepared statement's plan would else expect
 * a tenth of the rows and sort them all. The settings are read first because of the condition on them. Weights come along because a
 * product with them would be computed for every row where there is no index.
 */
function nearestOf(kind: Passage["kind"]) {
  return sql`(select number, id, kind, coalesce(document_id, ticket_id) as source_id, embedding <=> vector as distance, weights from rag_docs
    where kind = ${sql.raw(`'${kind}'`)} and (select ef_search from settings) is not null
    order by embedding <=> vector limit ${sql.raw(String(nearest))})`;
}

const nothingNear = sql`select null::int as number, null::uuid as id, null as kind, null::uuid as source_id, null::float8 as distance, null::sparsevec as weights limit 0`;

/** Share of the concepts' rarity that a chunk holds; null where the question names nothing. */
function createCoverage(terms: FoundByTerms["terms"]): (held: readonly number[]) => number | null {
  // A concept is as rare as its commonest form.
  const rarity = new Map<number, number>();
  for (const { concept, idf } of terms) rarity.set(concept, Math.min(idf, rarity.get(concept) ?? idf));
  const massOf = (concepts: Iterable<number>) => {
    let mass = 0;
    for (const concept of concepts) mass += rarity.get(concept) ?? 0;
    return mass;
  };
  const total = massOf(rarity.keys());
  return (held) => (total === 0 ? null : massOf(held) / total);
}

function toPassage(row: z.infer<typeof rowSchema>, coverageOf: ReturnType<typeof createCoverage>): Passage {
  return {
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
    coverage: coverageOf(row.held ?? []),
    fused: row.fused,
  };
}
