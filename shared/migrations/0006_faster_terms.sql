-- A function that is one expression is written into the statement that calls it; search_terms, with its own plan, took 0.1 ms a word.
CREATE FUNCTION search_dictionary(language text) RETURNS regdictionary LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE language
    WHEN 'en' THEN 'english_stem'::regdictionary
    WHEN 'fr' THEN 'french_stem'::regdictionary
    WHEN 'de' THEN 'german_stem'::regdictionary
    WHEN 'es' THEN 'spanish_stem'::regdictionary
    WHEN 'pt' THEN 'portuguese_stem'::regdictionary
    WHEN 'it' THEN 'italian_stem'::regdictionary
    WHEN 'nl' THEN 'dutch_stem'::regdictionary
    ELSE 'simple'::regdictionary
  END
$$;
--> statement-breakpoint
CREATE FUNCTION fold_accents(word text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT translate(word, 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy')
$$;
--> statement-breakpoint
-- A word's stem in a language; null for a stop word.
CREATE FUNCTION search_stem(word text, language text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT fold_accents((ts_lexize(search_dictionary(language), word))[1])
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION write_chunks(chunks jsonb, k1 real, b real, pivot real) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rag_docs (id, kind, document_id, ticket_id, ordinal, title, heading, url, content, language, embedding, embedder)
  SELECT c.id, c.kind, c.document_id, c.ticket_id, c.ordinal, c.title, c.heading, c.url, c.content, c.language,
         c.embedding::vector, c.embedder
  FROM jsonb_to_recordset(chunks) AS c(id uuid, kind text, document_id uuid, ticket_id uuid, ordinal integer, title text,
       heading text, url text, content text, language text, embedding text, embedder text);

  -- Each word that is no stop word gives two lexemes: its stem, and itself marked with = (names, codes and words that two
  -- languages share are found whatever the dictionary makes of them).
  WITH chunk AS (
    SELECT * FROM jsonb_to_recordset(chunks) AS c(id uuid, kind text, language text, terms jsonb)
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
  ), weighted AS (
    SELECT c.id, array_agg(c.lexeme) AS lexemes,
           string_agg(n.id || ':' || (c.frequency / (c.frequency + k1 * (1 - b + b * m.length / pivot)))::real, ',') AS weights
    FROM counted c JOIN numbered n USING (lexeme) JOIN measured m ON m.id = c.id
    GROUP BY c.id
  )
  INSERT INTO chunk_terms (chunk_id, kind, lexemes, weights)
  SELECT chunk.id, chunk.kind, array_to_tsvector(coalesce(w.lexemes, '{}')),
         ('{' || coalesce(w.weights, '') || '}/1000000000')::sparsevec
  FROM chunk LEFT JOIN weighted w ON w.id = chunk.id;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION count_lexemes() RETURNS trigger LANGUAGE plpgsql
-- One look-up in the index for each lexeme; the planner, which cannot see how few they are, would read the whole table.
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  UPDATE lexemes SET article_count = article_count + sign * change.articles, ticket_count = ticket_count + sign * change.tickets
  FROM (
    SELECT lexeme, count(*) FILTER (WHERE kind = 'article') AS articles, count(*) FILTER (WHERE kind = 'ticket') AS tickets
    FROM changed, unnest(tsvector_to_array(changed.lexemes)) AS lexeme GROUP BY lexeme
  ) AS change, (SELECT CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END AS sign)
  WHERE lexemes.lexeme = change.lexeme;
  RETURN NULL;
END
$$;
--> statement-breakpoint
DROP FUNCTION search_terms(text, text);
--> statement-breakpoint
DROP FUNCTION search_lexemes(text, text);
