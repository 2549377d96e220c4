import { createHash } from "node:crypto";
import type { Database } from "@support-it-agent/shared/database/database";
import { type Embedder, embeddingDimensions } from "@support-it-agent/shared/embedder/embedder";
import { migrate } from "@support-it-agent/shared/node/database/migrate";
import { openPglite } from "@support-it-agent/shared/node/database/open-pglite";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DocumentInput, putDocument } from "./put-document.ts";

const embedder: Embedder = {
  maker: "test",
  embed: async (texts) => texts.map(() => new Float32Array(embeddingDimensions).fill(0.05)),
  close: async () => {},
};
let database: Database;

beforeAll(async () => {
  database = await openPglite();
  await migrate(database);
});
afterAll(() => database.close());

test.each([
  [1, "its own id", { externalId: "network/vpn" }],
  [1, "its digest", {}],
  [2, "its own id", { externalId: "network/vpn" }],
])("an article that version %i stored under %s is renewed in its place, once", async (version, _, more) => {
  const input: DocumentInput = {
    bytes: new TextEncoder().encode("# VPN\n\nRestart it."),
    mediaType: "text/markdown",
    ...more,
  };
  const { bytes, ...described } = input;
  // What that version wrote down of it.
  const digest = createHash("sha256")
    .update(bytes)
    .update(JSON.stringify({ ingestVersion: version, ...described }))
    .digest("hex");
  const { id } = await putDocument({ database, embedder }, input);
  await database.rows(sql`update documents set content_hash = ${digest}, external_id = ${input.externalId ?? digest}
    where id = ${id}::uuid`);
  const put = () => putDocument({ database, embedder }, input);
  expect(await put()).toMatchObject({ id, outcome: "replaced", externalId: input.externalId ?? digest });
  expect(await put()).toMatchObject({ id, outcome: "unchanged" });
});
