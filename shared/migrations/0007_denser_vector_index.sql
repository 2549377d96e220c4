-- Twice the candidates at each insertion: a search then keeps 60 entries where it needed 100, and finds more. The build takes twice as long.
CREATE OR REPLACE FUNCTION build_vector_index(kind text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_knowledge();
  EXECUTE format(
    'CREATE INDEX IF NOT EXISTS %I ON rag_docs USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 200) WHERE kind = %L',
    'rag_docs_embedding_' || kind, kind);
END
$$;
--> statement-breakpoint
-- An index that is there already is built anew: about a minute for 50,000 chunks.
DO $$
DECLARE
  kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['article', 'ticket'] LOOP
    IF to_regclass('rag_docs_embedding_' || kind) IS NOT NULL THEN
      EXECUTE format('DROP INDEX %I', 'rag_docs_embedding_' || kind);
      PERFORM build_vector_index(kind);
    END IF;
  END LOOP;
END
$$;
