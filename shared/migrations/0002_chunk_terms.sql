CREATE TABLE "chunk_counts" (
	"kind" text NOT NULL,
	"language" text NOT NULL,
	"chunk_count" integer NOT NULL,
	CONSTRAINT "chunk_counts_kind_language_pk" PRIMARY KEY("kind","language")
);
--> statement-breakpoint
CREATE TABLE "chunk_terms" (
	"chunk_id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"lexemes" "tsvector" NOT NULL,
	"weights" sparsevec(1000000000) NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lexemes" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "lexemes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"lexeme" text NOT NULL,
	"article_count" integer NOT NULL,
	"ticket_count" integer NOT NULL,
	CONSTRAINT "lexemes_lexeme_unique" UNIQUE("lexeme")
);
--> statement-breakpoint
ALTER TABLE "collection_statistics" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "lexeme_frequencies" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP TABLE "collection_statistics" CASCADE;--> statement-breakpoint
DROP TABLE "lexeme_frequencies" CASCADE;--> statement-breakpoint
DROP INDEX "rag_docs_terms";--> statement-breakpoint
ALTER TABLE "chunk_terms" ADD CONSTRAINT "chunk_terms_chunk_id_rag_docs_id_fk" FOREIGN KEY ("chunk_id") REFERENCES "public"."rag_docs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "chunk_terms_article" ON "chunk_terms" USING gin ("lexemes") WHERE kind = 'article';--> statement-breakpoint
CREATE INDEX "chunk_terms_ticket" ON "chunk_terms" USING gin ("lexemes") WHERE kind = 'ticket';--> statement-breakpoint
ALTER TABLE "rag_docs" DROP COLUMN "terms";--> statement-breakpoint
ALTER TABLE "rag_docs" DROP COLUMN "term_count";