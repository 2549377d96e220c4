import { setImmediate } from "node:timers/promises";
import type { Database } from "@support-it-agent/shared/database/database";
import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { migrate } from "@support-it-agent/shared/node/database/migrate";
import { openNodePostgres } from "@support-it-agent/shared/node/database/open-node-postgres";
import { openPglite } from "@support-it-agent/shared/node/database/open-pglite";
import { createWorkerEmbedder } from "@support-it-agent/shared/node/embedder/create-worker-embedder";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findModelDir } from "../../../scripts/lib/find-model-dir.ts";
import { createTestDatabase } from "../../../test/database/create-test-database.ts";
import { openOnDriver } from "../../../test/database/open-on-driver.ts";
import { ensureVectorIndex } from "../knowledge/ensure-vector-index.ts";
import { putDocument } from "../knowledge/put-document.ts";
import { putTickets } from "../knowledge/put-tickets.ts";
import { createRetrieve } from "./create-retrieve.ts";
import type { Passage, RetrievalRequest } from "./retrieval.ts";

const articles = {
  "en-vpn":
    "# VPN does not connect\n\nThe tunnel cannot be built from home or from a hotel. Restart the client, then choose the gateway vpn2.",
  "fr-vpn":
    "# Le VPN ne se connecte pas\n\nLe tunnel ne s'établit pas depuis la maison ou l'hôtel. Redémarrez le client, puis choisissez la passerelle vpn2.",
  "en-share":
    "# Network drive is missing\n\nWindows shows error 0x80070035 when the server of the drive is not reached. Connect the drive again.",
  "en-netlogon":
    "# Event log entries\n\nNETLOGON 5719 is written when no domain controller answered. Update KB5034441 may be the cause.",
  "en-slow":
    "# Laptop is slow\n\nMany programs start with Windows. Close browser tabs and switch off programs under Startup.",
  "en-printer":
    "# Printer offline\n\nSwitch the printer off and on. Check the cable and the paper tray, then print a test page.",
  "en-coffee":
    "# Coffee machine\n\nThe coffee machine on the second floor is cleaned on Fridays. Beans are in the cupboard.",
};

const tickets = [
  {
    id: "T1",
    subject: "wifi drops in meeting room",
    body: "the wifi drops every ten minutes in room B",
    answer: "Replaced the access point in room B.",
  },
  { id: "T2", subject: "badge", body: "my badge does not open the door", answer: "Badge was coded again." },
];

function countStatements(database: Database) {
  let count = 0;
  const counted: Database = {
    ...database,
    rows: (...given) => {
      count += 1;
      return database.rows(...given);
    },
  };
  return { database: counted, count: () => count };
}

let embedder: Embedder;

beforeAll(async () => {
  embedder = await createWorkerEmbedder({
    modelDir: process.env.MODEL_DIR || findModelDir({ modelDir: undefined }),
    workers: 1,
  });
});
afterAll(() => embedder.close());

const openers: Record<string, () => Promise<Database>> = {
  PGlite: async () => {
    const database = await openPglite();
    await migrate(database);
    return database;
  },
  PostgreSQL: async () => openNodePostgres({ url: await createTestDatabase() }),
};

describe.each(Object.entries(openers))("retrieval in %s", (_, open) => {
  let database: Database;

  async function search(text: string, more: Partial<RetrievalRequest> = {}): Promise<Passage[]> {
    const embedding = embedder.embed([text]).then(([vector]) => vector!);
    const kinds = ["article", "ticket"] as const;
    return createRetrieve(database)({ text, language: "en", embedding, topK: 5, kinds, ...more });
  }
  const titles = async (...asked: Parameters<typeof search>) =>
    (await search(...asked)).map(({ title }) => title);
  const byTextAlone = { embedding: Promise.reject(new Error("no embedder")) };
  byTextAlone.embedding.catch(() => {});

  beforeAll(async () => {
    database = await open();
    for (const [externalId, text] of Object.entries(articles)) {
      const bytes = new TextEncoder().encode(text);
      const language = externalId.slice(0, 2);
      await putDocument({ database, embedder }, { bytes, mediaType: "text/markdown", externalId, language });
    }
    await putTickets({ database, embedder }, tickets, { source: "test" });
  });
  afterAll(() => database.close());

  test.each([
    ["error 0x80070035 since this morning", "Network drive is missing"],
    ["what does NETLOGON 5719 mean", "Event log entries"],
    ["kb5034441", "Event log entries"],
    ["wi-fi", "wifi drops in meeting room"],
    ["PRINTERS", "Printer offline"],
  ])("%j is found by its words alone", async (question, title) => {
    expect((await titles(question, byTextAlone))[0]).toBe(title);
    expect((await titles(question))[0]).toBe(title);
  });

  test("a paraphrase without a word in common is found by its vector", async () => {
    const question = "my notebook takes ages to boot";
    expect(await titles(question, byTextAlone)).not.toContain("Laptop is slow");
    const [first] = await search(question);
    expect(first).toMatchObject({ title: "Laptop is slow", coverage: 0 });
    expect(first?.cosine).toBeGreaterThan(0.3);
  });

  test("a French question finds the English article through the glossary, and the French one first", async () => {
    expect((await titles("imprimante hors ligne", { ...byTextAlone, language: "fr" }))[0]).toBe(
      "Printer offline",
    );
    const found = await titles("Mon VPN ne marche pas", { language: "fr" });
    expect(found[0]).toBe("Le VPN ne se connecte pas");
    expect(found).toContain("VPN does not connect");
  });

  test("accents may be missing in the question", async () => {
    expect((await titles("redemarrez", { ...byTextAlone, language: "fr" }))[0]).toBe(
      "Le VPN ne se connecte pas",
    );
  });

  test("only the asked kinds come back, at most topK, one passage a source, best first", async () => {
    const found = await search("the wifi drops", { kinds: ["ticket"], topK: 2 });
    expect(found.map(({ kind, content }) => [kind, content])[0]).toEqual([
      "ticket",
      "Replaced the access point in room B.",
    ]);
    expect(found.every(({ kind }) => kind === "ticket")).toBe(true);
    const both = await search("the wifi drops", { topK: 3 });
    expect(both).toHaveLength(3);
    expect(both.map(({ fused }) => fused)).toEqual(both.map(({ fused }) => fused).toSorted((a, b) => b - a));
    expect(new Set(both.map(({ sourceId }) => sourceId)).size).toBe(3);
    expect(new Set(both.map(({ kind }) => kind))).toEqual(new Set(["article", "ticket"]));
  });

  test("a passage carries what decides and what is shown", async () => {
    const [first] = await search("VPN does not connect from a hotel");
    expect(first).toMatchObject({ kind: "article", url: null, heading: null, language: "en", coverage: 1 });
    expect(first?.cosine).toBeGreaterThan(0.5);
    const [unknown] = await search("VPN zeppelin");
    expect(unknown?.coverage).toBeGreaterThan(0);
    expect(unknown?.coverage).toBeLessThan(0.6);
  });

  test.each([
    "!!! ???",
    "the of and to",
    "",
    "🤷",
    "' \" \\ & | ! ( ) : * <->",
    "a".repeat(5_000),
    "[EMAIL_1] [PHONE_2]",
  ])("%.20j is no question and no fault", async (text) => {
    expect((await search(text)).length).toBeGreaterThan(0);
    expect(Array.isArray(await search(text, byTextAlone))).toBe(true);
  });

  test("5,000 characters of different words are searched like any question", async () => {
    const text = `${Array.from({ length: 700 }, (_, i) => `word${i}`).join(" ")} printer offline`.slice(
      -5_000,
    );
    expect((await titles(text)).length).toBe(5);
  });

  test("when the embedding fails the text arm answers, and says so by a cosine of null", async () => {
    const found = await search("printer offline", byTextAlone);
    expect(found[0]).toMatchObject({ title: "Printer offline", cosine: null });
  });

  test("whoever hangs up gets the abort, before and while the question is embedded", async () => {
    const gone = AbortSignal.abort(new Error("gone"));
    await expect(search("printer", { signal: gone })).rejects.toThrow("gone");
    const leaving = new AbortController();
    const embedding = new Promise<Float32Array>((_, reject) => {
      leaving.signal.addEventListener("abort", () => reject(leaving.signal.reason));
    });
    const answer = search("printer", { signal: leaving.signal, embedding });
    leaving.abort(new Error("left"));
    await expect(answer).rejects.toThrow("left");
  });

  test("questions that come together, of whatever kinds and with a vector or without, find what each finds alone", async () => {
    const asked = [
      ["PRINTERS", {}],
      ["the wifi drops", { kinds: ["ticket"], topK: 2 }],
      ["Mon VPN ne marche pas", { language: "fr" }],
      ["", {}],
      ["my notebook takes ages to boot", {}],
      ["printer offline", byTextAlone],
      ["what does NETLOGON 5719 mean", { ...byTextAlone, topK: 1 }],
      ["event log of the coffee machine", {}],
      ["badge for the second floor", {}],
    ] as const;
    const vectors = await embedder.embed(asked.map(([text]) => text));
    const requests = asked.map(([text, more], number) => ({
      text,
      language: "en",
      embedding: Promise.resolve(vectors[number]!),
      topK: 5,
      kinds: ["article", "ticket"] as const,
      ...more,
    }));
    const alone = [];
    for (const request of requests) alone.push(await createRetrieve(database)(request));
    const counting = countStatements(database);
    const retrieve = createRetrieve(counting.database, () => setImmediate());
    expect(await Promise.all(requests.map(retrieve))).toEqual(alone);
    // Of the text arm three, of four questions at most and of one list of kinds; of the ranking no more than one each.
    expect(counting.count()).toBeLessThanOrEqual(3 + asked.length);
  });

  test("through the vector index the same passages are found", async () => {
    const exact = await search("my notebook takes ages to boot");
    expect(await ensureVectorIndex(database, "article", 0)).toBe(true);
    expect(await search("my notebook takes ages to boot")).toEqual(exact);
  });
});

test.each(["neon-http", "neon-websocket"] as const)(
  "through %s the words find as well: postings come as bytes",
  async (driver) => {
    const { database, close } = await openOnDriver(driver);
    const bytes = new TextEncoder().encode(articles["en-share"]);
    await putDocument({ database, embedder }, { bytes, mediaType: "text/markdown", externalId: "share" });
    const embedding = Promise.reject(new Error("no embedder"));
    embedding.catch(() => {});
    const request = {
      text: "0x80070035",
      language: "en",
      embedding,
      topK: 5,
      kinds: ["article", "ticket"] as const,
    };
    expect(await createRetrieve(database)(request)).toMatchObject([
      { title: "Network drive is missing", coverage: 1 },
    ]);
    await close();
  },
);

test("an empty knowledge base finds nothing", async () => {
  const database = openNodePostgres({ url: await createTestDatabase() });
  const embedding = Promise.resolve(new Float32Array(384).fill(0.05));
  const request = { text: "printer", language: "en", embedding, topK: 5, kinds: ["article"] as const };
  expect(await createRetrieve(database)(request)).toEqual([]);
  await database.close();
});

test("searches look postings up by their key, and use the vector index of their kind once it is there", async () => {
  const database = openNodePostgres({ url: await createTestDatabase(), maxConnections: 1 });
  const makeChunks = sql`select put_document(
    jsonb_build_object('id', gen_random_uuid(), 'external_id', 'd' || n, 'title', 't', 'language', 'en', 'media_type', 'text/plain', 'content', '', 'content_hash', '', 'metadata', '{}'::jsonb),
    (select jsonb_agg(jsonb_build_object('id', gen_random_uuid(), 'kind', 'article', 'ordinal', i, 'title', 't', 'content', 'c', 'language', 'en', 'embedder', 'e',
      'embedding', (select jsonb_agg(sin(n * 1000 + i * 7 + d))::text from generate_series(1, 384) d),
      'terms', jsonb_build_array(jsonb_build_object('weight', 1, 'words', 'common word' || (i % 97) || ' thing' || n)))) from generate_series(1, 300) i), 1.2, 0.75, 50)
    from generate_series(1, 6) n`;
  await database.rows(makeChunks, { deadlineMs: 60_000 });
  await ensureVectorIndex(database, "article", 0);
  await database.rows(sql`analyze`);
  await database.rows(sql`select pg_stat_reset()`);
  const embedding = Promise.resolve(Float32Array.from({ length: 384 }, (_, d) => Math.sin(d)));
  const request = { text: "thing3 word12", language: "en", embedding, topK: 5, kinds: ["article"] as const };
  expect((await createRetrieve(database)(request)).length).toBeGreaterThan(0);
  await database.rows(sql`select pg_stat_force_next_flush()`);
  const used = await database.rows(
    sql`select indexrelname::text as name from pg_stat_user_indexes where idx_scan > 0`,
  );
  const names = used.map(({ name }) => name);
  expect(names).toContain("lexeme_postings_lexeme_id_kind_first_number_pk");
  expect(names).toContain("rag_docs_number");
  expect(names).toContain("rag_docs_embedding_article");
  await database.close();
});

test("a word of more chunks than the budget is looked up only where no rarer one is asked for", async () => {
  const database = openNodePostgres({ url: await createTestDatabase() });
  for (const [externalId, text] of Object.entries({
    both: "# Both\n\nzebra window",
    one: "# One\n\nwindow",
  })) {
    const bytes = new TextEncoder().encode(text);
    await putDocument(
      { database, embedder },
      { bytes, mediaType: "text/markdown", externalId, language: "en" },
    );
  }
  // As if 9,000 of 20,000 chunks held it.
  await database.rows(sql`update chunk_counts set chunk_count = 20000`);
  await database.rows(sql`update lexemes set article_count = 9000 where lexeme in ('window', '=window')`);
  const search = async (text: string) => {
    const embedding = Promise.reject(new Error("no embedder"));
    embedding.catch(() => {});
    const request = { text, language: "en", embedding, topK: 5, kinds: ["article"] as const };
    return (await createRetrieve(database)(request)).map(({ title }) => title).toSorted();
  };
  expect(await search("zebra window")).toEqual(["Both"]);
  expect(await search("window")).toEqual(["Both", "One"]);
  await database.close();
});

test("a database that is away has its own fault", async () => {
  const database = openNodePostgres({ url: "postgres://nobody:x@127.0.0.1:1/none", connectTimeoutMs: 500 });
  const embedding = Promise.resolve(new Float32Array(384));
  const request = { text: "printer", language: "en", embedding, topK: 5, kinds: ["article"] as const };
  await expect(createRetrieve(database)(request)).rejects.toBeInstanceOf(DatabaseUnavailableError);
  await database.close();
});
