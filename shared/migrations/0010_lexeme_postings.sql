-- The text arm reads postings, packed by lexeme, in place of a thousand chunks a question; a chunk's weights move into its own
-- row, where the searches that need them are anyway, and vectors take half the room. All rows are written anew and vector indexes built anew: about a minute for 50,000
-- chunks, in which searches wait.
CREATE TABLE "lexeme_postings" (
	"lexeme_id" integer NOT NULL,
	"kind" text NOT NULL,
	"first_number" integer NOT NULL,
	"postings" "bytea" NOT NULL,
	CONSTRAINT "lexeme_postings_lexeme_id_kind_first_number_pk" PRIMARY KEY("lexeme_id","kind","first_number")
);
--> statement-breakpoint
-- A piece stays in its row: it is at most 1,000 bytes. Room on each page, because pieces grow.
ALTER TABLE lexeme_postings ALTER COLUMN postings SET STORAGE PLAIN;
--> statement-breakpoint
ALTER TABLE lexeme_postings SET (fillfactor = 80);
--> statement-breakpoint
-- Rows of up to 4 kB are left whole, and weights are the last that leaves: every search reads vectors and weights.
ALTER TABLE rag_docs SET (toast_tuple_target = 4080);
--> statement-breakpoint
ALTER TABLE rag_docs ADD COLUMN weights sparsevec(1000000000);
--> statement-breakpoint
ALTER TABLE rag_docs ALTER COLUMN weights SET STORAGE MAIN;
--> statement-breakpoint
-- Vectors in half precision, and twelve neighbours in place of sixteen: a search goes to fewer pages and finds the same passages
-- (docs/retrieval.md).
CREATE OR REPLACE FUNCTION build_vector_index(kind text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_knowledge();
  EXECUTE format(
    'CREATE INDEX IF NOT EXISTS %I ON rag_docs USING hnsw (embedding halfvec_cosine_ops) WITH (m = 12, ef_construction = 200) WHERE kind = %L',
    'rag_docs_embedding_' || kind, kind);
END
$$;
--> statement-breakpoint
DO $$
DECLARE
  indexed text[] := ARRAY(SELECT kind FROM unnest(ARRAY['article', 'ticket']) AS kind WHERE to_regclass('rag_docs_embedding_' || kind) IS NOT NULL);
  kind text;
BEGIN
  FOREACH kind IN ARRAY indexed LOOP
    EXECUTE format('DROP INDEX %I', 'rag_docs_embedding_' || kind);
  END LOOP;
  UPDATE rag_docs SET weights = chunk_terms.weights FROM chunk_terms WHERE chunk_terms.chunk_id = rag_docs.id;
  -- Copies the table, without the rows that the line above left dead.
  ALTER TABLE rag_docs ALTER COLUMN weights SET NOT NULL, ALTER COLUMN embedding TYPE halfvec(384), ALTER COLUMN embedding SET STORAGE PLAIN,
    ADD COLUMN number integer NOT NULL GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME rag_docs_number_seq MAXVALUE 134217727);
  CREATE UNIQUE INDEX rag_docs_number ON rag_docs USING btree (number);
  FOREACH kind IN ARRAY indexed LOOP
    PERFORM build_vector_index(kind);
  END LOOP;
END
$$;
--> statement-breakpoint
DROP TABLE chunk_terms;
--> statement-breakpoint
-- The lexemes of a chunk with their weights.
CREATE FUNCTION lexemes_of(weights sparsevec) RETURNS TABLE (lexeme_id integer, weight real)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT split_part(pair, ':', 1)::integer, split_part(pair, ':', 2)::real
  FROM string_to_table(trim('{}' FROM split_part(weights::text, '/', 1)), ',') AS pair WHERE pair <> ''
$$;
--> statement-breakpoint
-- The version before reads this; a version behind this one drops it.
CREATE VIEW chunk_terms AS
  SELECT id AS chunk_id, kind, array_to_tsvector(ARRAY(
    SELECT l.lexeme FROM lexemes_of(rag_docs.weights) w JOIN lexemes l ON l.id = w.lexeme_id)) AS lexemes, weights
  FROM rag_docs;
--> statement-breakpoint
-- A chunk that holds a lexeme, in four bytes: its number, and in the last five bits its weight (0..1) in thirty-seconds, which is
-- enough to choose the chunks that are then scored exactly.
CREATE FUNCTION search_posting(number integer, weight real) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT int4send((number << 5) | least(31, floor(weight * 32))::integer)
$$;
--> statement-breakpoint
-- The statistics follow the rows, however rows come and go (a cascade, a statement typed by hand).
CREATE OR REPLACE FUNCTION count_lexemes() RETURNS trigger LANGUAGE plpgsql
-- One look-up in the index for each lexeme; the planner, which cannot see how few they are, would read the whole table.
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  UPDATE lexemes SET article_count = article_count + sign * change.articles, ticket_count = ticket_count + sign * change.tickets
  FROM (
    SELECT lexeme_id, count(*) FILTER (WHERE kind = 'article') AS articles, count(*) FILTER (WHERE kind = 'ticket') AS tickets
    FROM changed, lexemes_of(weights) GROUP BY lexeme_id
  ) AS change, (SELECT CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END AS sign)
  WHERE lexemes.id = change.lexeme_id;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER rag_docs_inserted_lexemes AFTER INSERT ON rag_docs
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_lexemes();
--> statement-breakpoint
CREATE TRIGGER rag_docs_deleted_lexemes AFTER DELETE ON rag_docs
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_lexemes();
--> statement-breakpoint
-- Puts new chunks behind the last piece of each of their lexemes where they fit in, else into new pieces of 250.
CREATE FUNCTION add_postings() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  WITH added AS MATERIALIZED (
    SELECT lexeme_id, kind, array_agg(number ORDER BY number) AS numbers, string_agg(search_posting(number, weight), '' ORDER BY number) AS postings
    FROM changed, lexemes_of(weights) GROUP BY lexeme_id, kind
  ), placed AS MATERIALIZED (
    SELECT a.*, CASE WHEN length(a.postings) + length(last.postings) <= 1000 THEN last.first_number END AS first_number
    FROM added a LEFT JOIN LATERAL (
      SELECT p.first_number, p.postings FROM lexeme_postings p WHERE p.lexeme_id = a.lexeme_id AND p.kind = a.kind
      ORDER BY p.first_number DESC LIMIT 1
    ) last ON true
  ), appended AS (
    UPDATE lexeme_postings p SET postings = p.postings || a.postings
    FROM placed a WHERE p.lexeme_id = a.lexeme_id AND p.kind = a.kind AND p.first_number = a.first_number
  )
  INSERT INTO lexeme_postings (lexeme_id, kind, first_number, postings)
  SELECT lexeme_id, kind, numbers[place / 4 + 1], substr(postings, place + 1, 1000)
  FROM placed, generate_series(0, length(postings) - 1, 1000) AS place WHERE first_number IS NULL;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER rag_docs_inserted_postings AFTER INSERT ON rag_docs
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION add_postings();
--> statement-breakpoint
-- Takes chunks out of the pieces that hold them, and pieces away that hold nothing then.
CREATE FUNCTION remove_postings() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  WITH gone AS MATERIALIZED (
    SELECT w.lexeme_id, c.kind, piece.first_number, array_agg(search_posting(c.number, w.weight)) AS postings
    FROM changed c, lexemes_of(c.weights) w, LATERAL (
      SELECT p.first_number FROM lexeme_postings p WHERE p.lexeme_id = w.lexeme_id AND p.kind = c.kind AND p.first_number <= c.number
      ORDER BY p.first_number DESC LIMIT 1
    ) piece
    GROUP BY w.lexeme_id, c.kind, piece.first_number
  ), rest AS MATERIALIZED (
    SELECT g.lexeme_id, g.kind, g.first_number, (
      SELECT string_agg(substr(p.postings, place, 4), '' ORDER BY place) FROM generate_series(1, length(p.postings), 4) AS place
      WHERE substr(p.postings, place, 4) <> ALL (g.postings)) AS postings
    FROM gone g JOIN lexeme_postings p USING (lexeme_id, kind, first_number)
  ), emptied AS (
    DELETE FROM lexeme_postings p USING rest r
    WHERE r.postings IS NULL AND p.lexeme_id = r.lexeme_id AND p.kind = r.kind AND p.first_number = r.first_number
  )
  UPDATE lexeme_postings p SET postings = r.postings FROM rest r
  WHERE r.postings IS NOT NULL AND p.lexeme_id = r.lexeme_id AND p.kind = r.kind AND p.first_number = r.first_number;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER rag_docs_deleted_postings AFTER DELETE ON rag_docs
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION remove_postings();
--> statement-breakpoint
INSERT INTO lexeme_postings (lexeme_id, kind, first_number, postings)
SELECT lexeme_id, kind, min(number), string_agg(search_posting(number, weight), '' ORDER BY number)
FROM (
  SELECT w.*, r.kind, r.number, (row_number() OVER (PARTITION BY w.lexeme_id, r.kind ORDER BY r.number) - 1) / 250 AS piece
  FROM rag_docs r, lexemes_of(r.weights) w
) AS posting
GROUP BY lexeme_id, kind, piece ORDER BY lexeme_id, kind, piece;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION write_chunks(chunks jsonb, k1 real, b real, pivot real) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Each word that is no stop word gives two lexemes: its stem, and itself marked with = (names, codes and words that two
  -- languages share are found whatever the dictionary makes of them).
  WITH chunk AS (
    SELECT * FROM jsonb_to_recordset(chunks) AS c(id uuid, kind text, document_id uuid, ticket_id uuid, ordinal integer, title text,
      heading text, url text, content text, language text, embedding text, embedder text, terms jsonb)
  ), word AS MATERIALIZED (
    SELECT c.id, word, search_stem(word, c.language) AS stem, sum(f.weight) AS frequency, count(*) AS occurrences
    FROM chunk c, jsonb_to_recordset(c.terms) AS f(weight real, words text), string_to_table(f.words, ' ') AS word
    WHERE word <> ''
    GROUP BY c.id, word, c.language
  ), counted AS MATERIALIZED (
    SELECT id, lexeme, sum(frequency) AS frequency
    FROM (SELECT id, stem AS lexeme, frequency FROM word WHERE stem <> ''
          UNION ALL SELECT id, '=' || fold_accents(word), frequency FROM word WHERE stem <> '') AS both_forms
    GROUP BY id, lexeme
  ), wanted AS MATERIALIZED (
    -- OFFSET 0: one look-up in the index for each lexeme. Joined, the whole table would be read for a handful of them.
    SELECT w.lexeme, l.id
    FROM (SELECT DISTINCT lexeme FROM counted) w
    LEFT JOIN LATERAL (SELECT id FROM lexemes WHERE lexemes.lexeme = w.lexeme OFFSET 0) l ON true
  ), added AS (
    INSERT INTO lexemes (lexeme, article_count, ticket_count)
    SELECT lexeme, 0, 0 FROM wanted WHERE id IS NULL
    RETURNING id, lexeme
  ), numbered AS (
    SELECT id, lexeme FROM wanted WHERE id IS NOT NULL UNION ALL SELECT id, lexeme FROM added
  ), measured AS (
    SELECT id, sum(occurrences) AS length FROM word WHERE stem <> '' GROUP BY id
  ), weighted AS MATERIALIZED (
    SELECT c.id, string_agg(n.id || ':' || (c.frequency / (c.frequency + k1 * (1 - b + b * m.length / pivot)))::real, ',') AS weights
    FROM counted c JOIN numbered n USING (lexeme) JOIN measured m ON m.id = c.id
    GROUP BY c.id
  )
  INSERT INTO rag_docs (id, kind, document_id, ticket_id, ordinal, title, heading, url, content, language, embedding, embedder, weights)
  SELECT c.id, c.kind, c.document_id, c.ticket_id, c.ordinal, c.title, c.heading, c.url, c.content, c.language,
         c.embedding::halfvec(384), c.embedder, ('{' || coalesce(w.weights, '') || '}/1000000000')::sparsevec
  FROM chunk c LEFT JOIN weighted w ON w.id = c.id;
END
$$;
