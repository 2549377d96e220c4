import { expect, test } from "vitest";
import type { DocumentInput } from "../../api/src/knowledge/put-document.ts";
import { createTestApp, knownId } from "./create-test-app.ts";

function collectDocuments() {
  const inputs: DocumentInput[] = [];
  const { deps } = createTestApp();
  const { app } = createTestApp({
    knowledge: {
      ...deps.knowledge,
      putDocument: (input, options) => {
        inputs.push(input);
        return deps.knowledge.putDocument(input, options);
      },
    },
  });
  return { app, inputs, textOf: (index: number) => new TextDecoder().decode(inputs[index]?.bytes) };
}

test("a document comes as JSON, as a form, or as its bytes, and is the same document", async () => {
  const { app, inputs, textOf } = collectDocuments();
  const text = "# VPN\n\nRedémarrez le client.";
  const json = await app.request("/documents", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ external_id: "a/b", title: "VPN", language: "fr", content: text }),
  });
  const form = new FormData();
  form.set("file", new File([text], "vpn.md", { type: "application/octet-stream" }));
  for (const [name, value] of Object.entries({ external_id: "a/b", title: "VPN", language: "fr" }))
    form.set(name, value);
  const formResponse = await app.request("/documents", { method: "POST", body: form });
  const bytes = await app.request("/documents?external_id=a%2Fb&title=VPN&language=fr", {
    method: "POST",
    headers: { "content-type": "text/markdown; charset=utf-8" },
    body: text,
  });
  for (const response of [json, formResponse, bytes]) {
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      id: knownId,
      external_id: "a/b",
      outcome: "created",
      chunk_count: 1,
    });
  }
  for (const [index, input] of inputs.entries()) {
    expect(input).toMatchObject({ externalId: "a/b", title: "VPN", language: "fr" });
    expect(input.mediaType.startsWith("text/markdown")).toBe(true);
    expect(textOf(index)).toBe(text);
  }
});

test("what the query says of a document holds where its JSON does not say otherwise", async () => {
  const { app, inputs } = collectDocuments();
  await app.request("/documents?external_id=q&title=query&language=fr", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ content: "text", title: "body" }),
  });
  expect(inputs[0]).toMatchObject({ externalId: "q", title: "body", language: "fr" });
});

test("replacing by id keeps the external id of the document, whatever the body says", async () => {
  const { app, inputs } = collectDocuments();
  const response = await app.request(`/documents/${knownId}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ external_id: "other", content: "new" }),
  });
  expect(response.status).toBe(200);
  expect(inputs[0]?.externalId).toBe("network/vpn");
});

test("a deleted document is a 204 without a body; a page of documents names the next one", async () => {
  const { app } = collectDocuments();
  const deleted = await app.request(`/documents/${knownId}`, { method: "DELETE" });
  expect({ status: deleted.status, body: await deleted.text() }).toEqual({ status: 204, body: "" });
  const page = await (await app.request("/documents?limit=1&language=en")).json();
  expect(page).toMatchObject({ documents: [{ id: knownId, external_id: "network/vpn" }], next_cursor: null });
});

test("a document may take as long as an import, and no longer", async () => {
  const { deps } = createTestApp();
  const post = (limits: { requestDeadlineMs: number; importDeadlineMs: number }) =>
    createTestApp({
      limits,
      knowledge: {
        ...deps.knowledge,
        putDocument: async (input, options) => {
          await new Promise((resolve) => setTimeout(resolve, 300));
          return deps.knowledge.putDocument(input, options);
        },
      },
    }).app.request("/documents", { method: "POST", headers: { "content-type": "text/plain" }, body: "a" });
  expect((await post({ requestDeadlineMs: 20, importDeadlineMs: 30_000 })).status).toBe(201);
  const late = await post({ requestDeadlineMs: 30_000, importDeadlineMs: 20 });
  expect(await late.json()).toMatchObject({ status: 504, code: "deadline_exceeded" });
});
