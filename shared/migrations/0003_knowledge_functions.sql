-- The knowledge base is written through functions: one call is one statement, hence atomic on every driver (a driver over
-- HTTP has no transactions), and each statement inside sees what earlier writers committed.

-- The lexemes of one word in a language, without accents; none for a stop word. Both sides of the search use it.
CREATE FUNCTION search_lexemes(word text, language text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ARRAY(
    SELECT translate(lexeme, 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy')
    FROM unnest(CASE language
      WHEN 'en' THEN ts_lexize('english_stem', word)
      WHEN 'fr' THEN ts_lexize('french_stem', word)
      WHEN 'de' THEN ts_lexize('german_stem', word)
      WHEN 'es' THEN ts_lexize('spanish_stem', word)
      WHEN 'pt' THEN ts_lexize('portuguese_stem', word)
      WHEN 'it' THEN ts_lexize('italian_stem', word)
      WHEN 'nl' THEN ts_lexize('dutch_stem', word)
      ELSE ts_lexize('simple', word)
    END) AS lexeme
    WHERE lexeme <> ''
  )
$$;
--> statement-breakpoint
-- One writer at a time: lexemes and counts are shared by all chunks, and two writers would lock them in different orders.
CREATE FUNCTION lock_knowledge() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(7237419202)
$$;
--> statement-breakpoint
-- Inserts chunks and what the text arm reads of them. Each chunk carries `terms`: fields of words with a weight. A lexeme's
-- weight in a chunk is the term-frequency half of BM25, with a fixed pivot in place of the average length, so that a
-- chunk's weights do not depend on what else is stored.
CREATE FUNCTION write_chunks(chunks jsonb, k1 real, b real, pivot real) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rag_docs (id, kind, document_id, ticket_id, ordinal, title, heading, url, content, language, embedding, embedder)
  SELECT c.id, c.kind, c.document_id, c.ticket_id, c.ordinal, c.title, c.heading, c.url, c.content, c.language,
         c.embedding::vector, c.embedder
  FROM jsonb_to_recordset(chunks) AS c(id uuid, kind text, document_id uuid, ticket_id uuid, ordinal integer, title text,
       heading text, url text, content text, language text, embedding text, embedder text);

  WITH chunk AS (
    SELECT * FROM jsonb_to_recordset(chunks) AS c(id uuid, kind text, language text, terms jsonb)
  ), counted AS MATERIALIZED (
    SELECT c.id, lexeme, sum(f.weight) AS frequency, count(*) AS occurrences
    FROM chunk c,
         jsonb_to_recordset(c.terms) AS f(weight real, words text),
         string_to_table(f.words, ' ') AS word,
         unnest(search_lexemes(word, c.language)) AS lexeme
    GROUP BY c.id, lexeme
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
--> statement-breakpoint
-- Inserts the document or replaces the one under its external_id, chunks and all. Its id, and whether it is new.
CREATE FUNCTION put_document(document jsonb, chunks jsonb, k1 real, b real, pivot real)
RETURNS TABLE (document_id uuid, created boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  d documents := jsonb_populate_record(NULL::documents, document);
  known uuid;
BEGIN
  PERFORM lock_knowledge();
  SELECT id INTO known FROM documents WHERE external_id = d.external_id FOR UPDATE;
  IF known IS NULL THEN
    INSERT INTO documents (id, external_id, title, url, language, queue, media_type, content, content_hash, metadata)
    VALUES (d.id, d.external_id, d.title, d.url, d.language, d.queue, d.media_type, d.content, d.content_hash, d.metadata);
  ELSE
    UPDATE documents SET title = d.title, url = d.url, language = d.language, queue = d.queue, media_type = d.media_type,
      content = d.content, content_hash = d.content_hash, metadata = d.metadata, updated_at = now()
    WHERE id = known;
    DELETE FROM rag_docs WHERE rag_docs.document_id = known;
  END IF;
  PERFORM write_chunks(
    (SELECT coalesce(jsonb_agg(c || jsonb_build_object('document_id', coalesce(known, d.id))), '[]')
     FROM jsonb_array_elements(chunks) AS c), k1, b, pivot);
  RETURN QUERY SELECT coalesce(known, d.id), known IS NULL;
END
$$;
--> statement-breakpoint
-- Deletes a document; its chunks, their vectors and their counts go with it. Whether there was one.
CREATE FUNCTION delete_document(document_id uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_knowledge();
  DELETE FROM documents WHERE id = document_id;
  RETURN FOUND;
END
$$;
--> statement-breakpoint
-- Inserts tickets or replaces those under their (source, external_id). A ticket's `chunk`, where it has one, takes the
-- place of its earlier ones. The id of each, and whether it is new.
CREATE FUNCTION put_tickets(rows jsonb, k1 real, b real, pivot real)
RETURNS TABLE (external_id text, ticket_id uuid, created boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  stored jsonb;
BEGIN
  PERFORM lock_knowledge();
  WITH put AS (
    INSERT INTO tickets (id, source, external_id, subject, body, answer, queue, urgency, language, occurred_at)
    SELECT id, source, external_id, subject, body, answer, queue, urgency, language, occurred_at
    FROM jsonb_populate_recordset(NULL::tickets, rows)
    ON CONFLICT (source, external_id) DO UPDATE SET subject = excluded.subject, body = excluded.body,
      answer = excluded.answer, queue = excluded.queue, urgency = excluded.urgency, language = excluded.language,
      occurred_at = excluded.occurred_at
    RETURNING tickets.id, tickets.external_id, tickets.xmax = 0 AS created
  )
  SELECT coalesce(jsonb_agg(jsonb_build_object('external_id', put.external_id, 'ticket_id', put.id, 'created', put.created)), '[]')
  INTO stored FROM put;

  DELETE FROM rag_docs WHERE rag_docs.ticket_id IN (
    SELECT s.ticket_id FROM jsonb_to_recordset(stored) AS s(ticket_id uuid, created boolean) WHERE NOT s.created);
  PERFORM write_chunks(
    (SELECT coalesce(jsonb_agg(r.chunk || jsonb_build_object('ticket_id', s.ticket_id)), '[]')
     FROM jsonb_to_recordset(rows) AS r(external_id text, chunk jsonb)
     JOIN jsonb_to_recordset(stored) AS s(external_id text, ticket_id uuid) USING (external_id)
     WHERE jsonb_typeof(r.chunk) = 'object'), k1, b, pivot);
  RETURN QUERY SELECT s.external_id, s.ticket_id, s.created
    FROM jsonb_to_recordset(stored) AS s(external_id text, ticket_id uuid, created boolean);
END
$$;
--> statement-breakpoint
-- The statistics follow the rows, however rows come and go (a cascade, a statement typed by hand).
CREATE FUNCTION count_lexemes() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER chunk_terms_inserted AFTER INSERT ON chunk_terms
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_lexemes();
--> statement-breakpoint
CREATE TRIGGER chunk_terms_deleted AFTER DELETE ON chunk_terms
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_lexemes();
--> statement-breakpoint
CREATE FUNCTION count_chunks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chunk_counts (kind, language, chunk_count)
  SELECT kind, language, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END FROM changed GROUP BY kind, language
  ON CONFLICT (kind, language) DO UPDATE SET chunk_count = chunk_counts.chunk_count + excluded.chunk_count;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER rag_docs_inserted AFTER INSERT ON rag_docs
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_chunks();
--> statement-breakpoint
CREATE TRIGGER rag_docs_deleted AFTER DELETE ON rag_docs
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_chunks();
--> statement-breakpoint
-- A vector of 384 numbers stays in its row: exact search reads rows in order instead of fetching each vector from apart.
ALTER TABLE rag_docs ALTER COLUMN embedding SET STORAGE PLAIN;
--> statement-breakpoint
-- Chunks come seldom and are searched often: no list of pending entries that every search has to read through.
ALTER INDEX chunk_terms_article SET (fastupdate = off);
--> statement-breakpoint
ALTER INDEX chunk_terms_ticket SET (fastupdate = off);
--> statement-breakpoint
-- One HNSW index a kind, so that a search in one kind never has to skip rows of the other. Writers wait while it is built.
CREATE FUNCTION build_vector_index(kind text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_knowledge();
  EXECUTE format(
    'CREATE INDEX IF NOT EXISTS %I ON rag_docs USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 100) WHERE kind = %L',
    'rag_docs_embedding_' || kind, kind);
END
$$;
