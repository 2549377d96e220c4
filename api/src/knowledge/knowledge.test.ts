import type { Database } from "@support-it-agent/shared/database/database";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import { type Embedder, embeddingDimensions } from "@support-it-agent/shared/embedder/embedder";
import { migrate } from "@support-it-agent/shared/node/database/migrate";
import { openNodePostgres } from "@support-it-agent/shared/node/database/open-node-postgres";
import { openPglite } from "@support-it-agent/shared/node/database/open-pglite";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/database/create-test-database.ts";
import { searchWords } from "../retrieval/search-words.ts";
import { deleteDocument } from "./delete-document.ts";
import { ensureVectorIndex } from "./ensure-vector-index.ts";
import { getDocument } from "./get-document.ts";
import { listDocuments } from "./list-documents.ts";
import { type DocumentInput, putDocument } from "./put-document.ts";
import { maxTicketsAtOnce, putTickets } from "./put-tickets.ts";

/** Words hashed into dimensions: vectors that differ where texts do, without a model. Counts what it embeds. */
function createWordEmbedder(maker = "words") {
  const embedder = {
    maker,
    embedded: 0,
    embed: async (texts: readonly string[]) => {
      embedder.embedded += texts.length;
      return texts.map((text) => {
        const vector = new Float32Array(embeddingDimensions);
        for (const word of searchWords(text)) {
          let hash = 7;
          for (const letter of word) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % embeddingDimensions;
          vector[hash]! += 1;
        }
        const length = Math.hypot(...vector) || 1;
        return vector.map((value) => value / length);
      });
    },
    close: async () => {},
  } satisfies Embedder & { embedded: number };
  return embedder;
}

const markdown = (text: string, more: Partial<DocumentInput> = {}): DocumentInput => ({
  bytes: new TextEncoder().encode(text),
  mediaType: "text/markdown",
  ...more,
});

const openers: Record<string, () => Promise<Database>> = {
  PGlite: async () => {
    const database = await openPglite();
    await migrate(database);
    return database;
  },
  PostgreSQL: async () => openNodePostgres({ url: await createTestDatabase() }),
};

/** Counts and postings as they are kept, and as they are when made afresh of what the chunks hold. */
async function statistics(database: Database) {
  const [row] = await database.rows(sql`select
    (select coalesce(jsonb_agg(l order by l.id), '[]') from (
      select id, article_count, ticket_count from lexemes where article_count <> 0 or ticket_count <> 0) l) as kept_lexemes,
    (select coalesce(jsonb_agg(l order by l.id), '[]') from (
      select lexeme_id as id, (count(*) filter (where kind = 'article'))::int as article_count, (count(*) filter (where kind = 'ticket'))::int as ticket_count
      from rag_docs, lexemes_of(weights) group by lexeme_id) l) as counted_lexemes,
    (select coalesce(jsonb_agg(p order by p.lexeme_id, p.kind, p.posting), '[]') from (
      select lexeme_id, kind, substr(postings, place, 4) as posting
      from lexeme_postings, generate_series(1, length(postings), 4) as place) p) as kept_postings,
    (select coalesce(jsonb_agg(p order by p.lexeme_id, p.kind, p.posting), '[]') from (
      select lexeme_id, kind, search_posting(number, weight) as posting from rag_docs, lexemes_of(weights)) p) as made_postings,
    (select count(*)::int from lexeme_postings where length(postings) not between 4 and 1000) as wrong_pieces,
    (select coalesce(jsonb_agg(c order by c.kind, c.language), '[]') from (
      select * from chunk_counts where chunk_count <> 0) c) as kept_chunks,
    (select coalesce(jsonb_agg(c order by c.kind, c.language), '[]') from (
      select kind, language, count(*)::int as chunk_count from rag_docs group by kind, language) c) as counted_chunks`);
  return row!;
}

async function expectRightStatistics(database: Database) {
  const row = await statistics(database);
  expect(row.kept_lexemes).toEqual(row.counted_lexemes);
  expect(row.kept_postings).toEqual(row.made_postings);
  expect(row.wrong_pieces).toBe(0);
  expect(row.kept_chunks).toEqual(row.counted_chunks);
}

describe.each(Object.entries(openers))("the knowledge base in %s", (_, open) => {
  let database: Database;
  const embedder = createWordEmbedder();
  const put = (input: DocumentInput) => putDocument({ database, embedder }, input);

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  test("a document is stored with what it says of itself, and read back", async () => {
    const stored = await put(
      markdown(
        "---\nid: kb-1\ntitle: Reset a password\nlanguage: en\nqueue: Security / Access\nkeywords: [pwd]\n---\nIntro é €.\n\n## Steps\n\n1. Open the portal and choose the second entry of the menu that is called password.\n2. Press OK and wait until the portal says that everything is done.\n",
        { url: "https://kb.example.com/1" },
      ),
    );
    expect(stored).toMatchObject({ externalId: "kb-1", outcome: "created", language: "en" });
    const read = await getDocument(database, stored.id);
    expect(read).toMatchObject({
      title: "Reset a password",
      queue: "Security / Access",
      url: "https://kb.example.com/1",
      mediaType: "text/markdown",
      keywords: ["pwd"],
      chunkCount: stored.chunkCount,
    });
    expect(read?.content).toContain("Intro é €.\n\nSteps\n\n1. Open the portal");
    expect(Date.parse(read?.createdAt ?? "")).toBeGreaterThan(Date.now() - 600_000);
  });

  test("a second ingest replaces the first, chunks and counts and all; unchanged, it embeds nothing", async () => {
    const first = await put(markdown("# Old\n\nThe zebra stands here.", { externalId: "twice" }));
    const second = await put(markdown("# New\n\nThe giraffe stands here.", { externalId: "twice" }));
    expect([second.outcome, second.id]).toEqual(["replaced", first.id]);
    const contents = await database.rows(
      sql`select content, embedder from rag_docs where document_id = ${first.id}::uuid`,
    );
    expect(contents).toEqual([{ content: "The giraffe stands here.", embedder: "words" }]);
    const before = embedder.embedded;
    const third = await put(markdown("# New\n\nThe giraffe stands here.", { externalId: "twice" }));
    expect([third.outcome, third.id, embedder.embedded - before]).toEqual(["unchanged", first.id, 0]);
    await expectRightStatistics(database);
  });

  test("an unchanged document is embedded again when the embedder is another", async () => {
    await put(markdown("# Same\n\nThe same text.", { externalId: "maker" }));
    const other = createWordEmbedder("other");
    const again = await putDocument(
      { database, embedder: other },
      markdown("# Same\n\nThe same text.", { externalId: "maker" }),
    );
    expect([again.outcome, other.embedded]).toEqual(["replaced", 1]);
  });

  test("secrets are taken out of an article, addresses of the service desk are not", async () => {
    const { id } = await put(
      markdown("# Help\n\nWrite to help@example.com. The password: Hunter2024! is for the kiosk.", {
        externalId: "secret",
      }),
    );
    const read = await getDocument(database, id);
    expect(read?.content).toContain("help@example.com");
    expect(read?.content).not.toContain("Hunter2024");
    expect(read?.content).toContain("[PASSWORD]");
  });

  test("deleting takes chunks, vectors and counts along; a second time there is nothing", async () => {
    const { id } = await put(markdown("# Gone\n\nThe okapi stands here.", { externalId: "gone" }));
    expect(await deleteDocument(database, id)).toBe(true);
    expect(await deleteDocument(database, id)).toBe(false);
    expect(await getDocument(database, id)).toBeNull();
    const left = await database.rows(sql`select article_count from lexemes where lexeme = 'okapi'`);
    expect(left).toEqual([{ article_count: 0 }]);
    await expectRightStatistics(database);
  });

  test("pages of the list give every document once, also when one is deleted between them", async () => {
    for (let i = 0; i < 7; i += 1)
      await put(markdown(`# Page ${i}\n\nText ${i}.`, { externalId: `page-${i}` }));
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 20; page += 1) {
      const { documents, nextCursor } = await listDocuments(database, { limit: 2, cursor });
      seen.push(...documents.map(({ externalId }) => externalId));
      if (page === 0 && documents[0]) await deleteDocument(database, documents[0].id);
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    for (let i = 0; i < 7; i += 1) expect(seen).toContain(`page-${i}`);
  });

  test("tickets are stored redacted; a solved one is found by its problem and shows its resolution", async () => {
    const ticket = {
      id: "T-1",
      subject: "VPN fails",
      body: "Hello, anna.muster@example.com here: the walrus client fails with 809.",
      answer: "Opened port 4500, told ben@example.com.",
      queue: "Network / Infrastructure",
      urgency: "high" as const,
    };
    const unsolved = { id: "T-2", subject: "", body: "Screen black." };
    const source = { source: "glpi" };
    expect(await putTickets({ database, embedder }, [ticket, unsolved], source)).toEqual({
      created: 2,
      replaced: 0,
      unchanged: 0,
      searchable: 1,
    });
    const rows = await database.rows(
      sql`select t.body, t.answer, t.queue, t.urgency, c.title, c.content from tickets t left join rag_docs c on c.ticket_id = t.id
        where t.source = 'glpi' order by t.external_id`,
    );
    expect(rows[0]).toMatchObject({
      body: expect.stringContaining("[EMAIL_1]"),
      queue: "Network / Infrastructure",
      urgency: "high",
      title: "VPN fails",
      // Without a number: a later asker's own [EMAIL_1] must not be put in its place.
      content: "Opened port 4500, told [EMAIL].",
    });
    expect(rows[1]).toMatchObject({ body: "Screen black.", answer: null, content: null });
    const before = embedder.embedded;
    expect(await putTickets({ database, embedder }, [ticket, unsolved], source)).toMatchObject({
      unchanged: 2,
    });
    expect(embedder.embedded).toBe(before);
    const reopened = { id: "T-1", subject: "VPN fails", body: "It fails again." };
    expect(await putTickets({ database, embedder }, [reopened], source)).toMatchObject({
      created: 0,
      replaced: 1,
      searchable: 0,
    });
    expect(await database.rows(sql`select 1 from rag_docs where kind = 'ticket'`)).toEqual([]);
    await expectRightStatistics(database);
  });

  test("of one id twice in a batch the last counts; the same id of another source is another ticket", async () => {
    const tickets = ["first", "second"].map((body) => ({ id: "D", subject: "", body, answer: "Done." }));
    await putTickets({ database, embedder }, tickets, { source: "a" });
    await putTickets({ database, embedder }, tickets.slice(0, 1), { source: "b" });
    const rows = await database.rows(
      sql`select source, body from tickets where external_id = 'D' order by source`,
    );
    expect(rows).toEqual([
      { source: "a", body: "second" },
      { source: "b", body: "first" },
    ]);
  });

  test("more tickets than one statement takes are refused before anything is done", async () => {
    const many = Array.from({ length: maxTicketsAtOnce + 1 }, (_, i) => ({
      id: `m${i}`,
      subject: "",
      body: "x",
    }));
    await expect(putTickets({ database, embedder }, many, { source: "m" })).rejects.toThrow(RangeError);
  });

  test("after any sequence of puts and deletes counts and postings are what the chunks give afresh", async () => {
    const words = ["printer", "paper", "vpn", "wifi", "screen", "mouse", "réseau", "disk", "0x80070035"];
    const ids = new Map<string, string>();
    let state = 17;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    for (let step = 0; step < 40; step += 1) {
      const externalId = `random-${random(6)}`;
      const known = ids.get(externalId);
      if (known && random(3) === 0) {
        await deleteDocument(database, known);
        ids.delete(externalId);
      } else {
        const text = Array.from({ length: 1 + random(30) }, () => words[random(words.length)]).join(" ");
        const input = markdown(`# ${words[random(words.length)]}\n\n${text}.`, { externalId });
        ids.set(externalId, (await put({ ...input, language: random(2) === 0 ? "en" : "fr" })).id);
      }
      if (step % 10 === 9) {
        const batch = [0, 1, 2].map((n) => ({
          id: `r${n}`,
          subject: "",
          body: `${words[random(9)]}`,
          answer: "ok",
        }));
        await putTickets({ database, embedder }, batch, { source: "random" });
      }
    }
    await expectRightStatistics(database);
  });

  test("a word of hundreds of chunks has its postings in pieces of 250, and a piece goes with its last chunk", async () => {
    const solved = (first: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        id: `pelican-${first + i}`,
        subject: "",
        body: `pelican ${first + i}`,
        answer: "Done.",
      }));
    const pieces = async () =>
      (
        await database.rows(sql`select length(postings) / 4 as postings from lexeme_postings
          join lexemes on id = lexeme_id where lexeme = 'pelican' order by first_number`)
      ).map(({ postings }) => postings);
    await putTickets({ database, embedder }, solved(0, 300), { source: "many" });
    expect(await pieces()).toEqual([250, 50]);
    await putTickets({ database, embedder }, solved(300, 100), { source: "many" });
    expect(await pieces()).toEqual([250, 150]);
    await putTickets({ database, embedder }, solved(400, 101), { source: "many" });
    expect(await pieces()).toEqual([250, 150, 101]);
    await expectRightStatistics(database);
    await database.rows(sql`delete from rag_docs where id in (
      select r.id from rag_docs r join tickets t on t.id = r.ticket_id where t.source = 'many' order by number limit 260)`);
    expect(await pieces()).toEqual([140, 101]);
    await expectRightStatistics(database);
  });

  test("a posting is a chunk's number and its weight in thirty-seconds, in four bytes", async () => {
    const packed = (number: number, weight: number) =>
      database.rows(sql`select encode(search_posting(${number}::int, ${weight}::real), 'hex') as bytes`);
    expect(await packed(7, 0.5)).toEqual([{ bytes: "000000f0" }]);
    expect(await packed(1, 1)).toEqual([{ bytes: "0000003f" }]);
    expect(await packed(2 ** 27 - 1, 0)).toEqual([{ bytes: "ffffffe0" }]);
  });

  test("what is deleted past the functions is counted all the same", async () => {
    await database.rows(sql`delete from rag_docs where id in (select id from rag_docs limit 2)`);
    await expectRightStatistics(database);
  });

  test("the vector index is built once, past the threshold and not before", async () => {
    await put(markdown("# Index\n\nSomething to index.", { externalId: "index" }));
    expect(await ensureVectorIndex(database, "article")).toBe(false);
    expect(await ensureVectorIndex(database, "article", 0)).toBe(true);
    expect(await ensureVectorIndex(database, "article", 0)).toBe(false);
  });
});

test("many ingests of one document at once leave one of them, whole, and right counts", async () => {
  const url = await createTestDatabase();
  const database = openNodePostgres({ url });
  const embedder = createWordEmbedder();
  // Connections stand ready, so that all eight really write at once.
  await Promise.all(Array.from({ length: 8 }, () => database.rows(sql`select pg_sleep(0.3)`)));
  const versions = Array.from({ length: 8 }, (_, version) =>
    Array.from(
      { length: 30 },
      (_, i) => `Sentence ${i} of version v${version} says something of some length.`,
    ).join(" "),
  );
  await Promise.all(
    versions.map((text) =>
      putDocument({ database, embedder }, markdown(`# T\n\n${text}`, { externalId: "same" })),
    ),
  );
  const rows = await database.rows(sql`select content from rag_docs order by ordinal`);
  const seen = new Set(rows.flatMap(({ content }) => String(content).match(/v\d/g) ?? []));
  expect(seen.size).toBe(1);
  const [{ documents } = {}] = await database.rows(sql`select count(*)::int as documents from documents`);
  expect(documents).toBe(1);
  await expectRightStatistics(database);
  await database.close();
});

test("without a database the fault has its own name, for writing and for reading", async () => {
  const database = openNodePostgres({ url: "postgres://nobody:x@127.0.0.1:1/none", connectTimeoutMs: 500 });
  const embedder = createWordEmbedder();
  await expect(putDocument({ database, embedder }, markdown("# x\n\ny"))).rejects.toBeInstanceOf(
    DatabaseUnavailableError,
  );
  await expect(listDocuments(database, { limit: 1 })).rejects.toBeInstanceOf(DatabaseUnavailableError);
  await database.close();
});
