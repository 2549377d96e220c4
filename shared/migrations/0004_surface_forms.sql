-- What is indexed of one word: its stem in its language, and the word as it stands (marked with =), so that names, codes
-- and words that two languages share are found whatever the dictionary makes of them. Nothing for a stop word.
CREATE FUNCTION search_terms(word text, language text) RETURNS TABLE (lexeme text, is_surface boolean)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  WITH stem AS (SELECT unnest(search_lexemes(word, language)) AS lexeme)
  SELECT lexeme, false FROM stem
  UNION ALL
  SELECT '=' || translate(word, 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy'), true
  WHERE EXISTS (SELECT FROM stem)
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION write_chunks(chunks jsonb, k1 real, b real, pivot real) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rag_docs (id, kind, document_id, ticket_id, ordinal, title, heading, url, content, language, embedding, embedder)
  SELECT c.id, c.kind, c.document_id, c.ticket_id, c.ordinal, c.title, c.heading, c.url, c.content, c.language,
         c.embedding::vector, c.embedder
  FROM jsonb_to_recordset(chunks) AS c(id uuid, kind text, document_id uuid, ticket_id uuid, ordinal integer, title text,
       heading text, url text, content text, language text, embedding text, embedder text);

  WITH chunk AS (
    SELECT * FROM jsonb_to_recordset(chunks) AS c(id uuid, kind text, language text, terms jsonb)
  ), word AS MATERIALIZED (
    SELECT c.id, c.language, word, sum(f.weight) AS frequency, count(*) AS occurrences
    FROM chunk c, jsonb_to_recordset(c.terms) AS f(weight real, words text), string_to_table(f.words, ' ') AS word
    WHERE word <> ''
    GROUP BY c.id, c.language, word
  ), known_word AS MATERIALIZED (
    SELECT w.language, w.word, t.lexeme, t.is_surface
    FROM (SELECT DISTINCT language, word FROM word) w, search_terms(w.word, w.language) t
  ), counted AS MATERIALIZED (
    SELECT w.id, k.lexeme, sum(w.frequency) AS frequency, coalesce(sum(w.occurrences) FILTER (WHERE k.is_surface), 0) AS occurrences
    FROM word w JOIN known_word k USING (language, word)
    GROUP BY w.id, k.lexeme
  ), known AS (
    SELECT id, lexeme FROM lexemes WHERE lexeme IN (SELECT lexeme FROM counted)
  ), added AS (
    INSERT INTO lexemes (lexeme, article_count, ticket_count)
    SELECT DISTINCT lexeme, 0, 0 FROM counted WHERE lexeme NOT IN (SELECT lexeme FROM known)
    RETURNING id, lexeme
  ), numbered AS (
    SELECT id, lexeme FROM known UNION ALL SELECT id, lexeme FROM added
  ), measured AS (
    SELECT id, sum(occurrences) AS length FROM counted GROUP BY id
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
