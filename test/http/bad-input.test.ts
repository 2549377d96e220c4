import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyCaller } from "../../api/src/auth/caller.ts";
import { type RunningServer, serveApp } from "../../api/src/node/serve-app.ts";
import { type ProblemCode, problemCodes } from "../../api/src/problem.ts";
import { createTestApp, knownId, unknownId } from "./create-test-app.ts";

let server: RunningServer;

beforeAll(async () => {
  // An admin's, so that every route is reached.
  const identify = async () => keyCaller("key-1", ["admin"]);
  server = await serveApp(createTestApp({ identify }).app, { host: "127.0.0.1", port: 0 });
});

afterAll(() => server.stop(0));

type Case = {
  readonly name: string;
  readonly path: string;
  readonly method?: string;
  readonly type?: string;
  readonly headers?: Record<string, string>;
  readonly body?: BodyInit;
  readonly code: ProblemCode;
};

const json = "application/json";
const ask = (question: unknown) => JSON.stringify({ question });
const tenMegabytes = 10 * 1024 * 1024;

const cases: readonly Case[] = [
  { name: "an empty question", path: "/ask", type: json, body: ask(""), code: "empty_text" },
  { name: "a question of blanks", path: "/ask", type: json, body: ask(" \n\t\u200b"), code: "empty_text" },
  {
    name: "a control-character soup",
    path: "/ask",
    type: json,
    body: ask("\u0000\u0007\u001b\u0085"),
    code: "empty_text",
  },
  { name: "5,001 characters", path: "/ask", type: json, body: ask("a".repeat(5_001)), code: "text_too_long" },
  { name: "5,001 emojis", path: "/ask", type: json, body: ask("😀".repeat(5_001)), code: "text_too_long" },
  { name: "a question that is a number", path: "/ask", type: json, body: ask(7), code: "invalid_request" },
  { name: "no question", path: "/ask", type: json, body: "{}", code: "invalid_request" },
  {
    name: "an unknown key",
    path: "/ask",
    type: json,
    body: '{"question":"a","topk":3}',
    code: "invalid_request",
  },
  {
    name: "a __proto__ key",
    path: "/ask",
    type: json,
    body: '{"question":"a","__proto__":{"stream":true}}',
    code: "invalid_request",
  },
  {
    name: "21 turns",
    path: "/ask",
    type: json,
    body: JSON.stringify({ question: "a", conversation: Array(21).fill({ role: "user", content: "b" }) }),
    code: "too_many_items",
  },
  { name: "malformed JSON", path: "/ask", type: json, body: '{"question": "a"', code: "malformed_json" },
  { name: "an empty body", path: "/ask", type: json, body: "", code: "malformed_json" },
  { name: "JSON 500,000 deep", path: "/ask", type: json, body: "[".repeat(500_000), code: "malformed_json" },
  {
    name: "JSON closed 100,000 deep",
    path: "/ask",
    type: json,
    body: `{"question":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    code: "invalid_request",
  },
  {
    name: "invalid UTF-8",
    path: "/ask",
    type: json,
    body: new Uint8Array([...Buffer.from('{"question":"caf'), 0xe9, ...Buffer.from('"}')]),
    code: "invalid_encoding",
  },
  {
    name: "invalid UTF-8 in a body too long to be read at once",
    path: "/ask",
    type: json,
    body: new Uint8Array([
      ...Buffer.from(`{"question":"caf${"e".repeat(70_000)}`),
      0xe9,
      ...Buffer.from('"}'),
    ]),
    code: "invalid_encoding",
  },
  {
    name: "the wrong content type",
    path: "/ask",
    type: "text/plain",
    body: "Mon VPN",
    code: "unsupported_media_type",
  },
  {
    name: "a form",
    path: "/ask",
    type: "application/x-www-form-urlencoded",
    body: "question=a",
    code: "unsupported_media_type",
  },
  {
    name: "a compressed body",
    path: "/ask",
    type: json,
    headers: { "content-encoding": "gzip" },
    body: ask("a"),
    code: "unsupported_media_type",
  },
  { name: "10 MB", path: "/ask", type: json, body: "a".repeat(tenMegabytes), code: "body_too_large" },
  { name: "the wrong method", path: "/ask", method: "GET", code: "method_not_allowed" },
  { name: "an unknown method", path: "/ask", method: "PROPFIND", code: "method_not_allowed" },
  { name: "an unknown route", path: "/asks", method: "GET", code: "route_not_found" },
  {
    name: "a path out of the pages",
    path: "/assets/..%2f..%2fpackage.json",
    method: "GET",
    code: "route_not_found",
  },
  { name: "a path that is no UTF-8", path: "/assets/%ff", method: "GET", code: "route_not_found" },
  {
    name: "a write by another website",
    path: "/documents",
    type: "text/plain",
    headers: { "sec-fetch-site": "cross-site" },
    body: "poison",
    code: "cross_site_request",
  },
  { name: "no texts", path: "/classify", type: json, body: '{"texts":[]}', code: "invalid_request" },
  {
    name: "257 texts",
    path: "/classify",
    type: json,
    body: JSON.stringify({ texts: Array(257).fill("a") }),
    code: "too_many_items",
  },
  {
    name: "an empty text among others",
    path: "/classify",
    type: json,
    body: '{"texts":["a",""]}',
    code: "empty_text",
  },
  { name: "an empty query", path: "/search", type: json, body: '{"query":""}', code: "empty_text" },
  {
    name: "an unknown kind",
    path: "/search",
    type: json,
    body: '{"query":"a","kinds":["mail"]}',
    code: "invalid_request",
  },
  {
    name: "feedback that says nothing",
    path: "/feedback",
    type: json,
    body: JSON.stringify({ prediction_id: knownId }),
    code: "invalid_request",
  },
  {
    name: "feedback on an unknown prediction",
    path: "/feedback",
    type: json,
    body: JSON.stringify({ prediction_id: unknownId, helpful: true }),
    code: "prediction_not_found",
  },
  {
    name: "a queue that the model does not have",
    path: "/feedback",
    type: json,
    body: JSON.stringify({ prediction_id: knownId, correct_queue: "Catering" }),
    code: "unknown_label",
  },
  {
    name: "an urgency that there is not",
    path: "/feedback",
    type: json,
    body: JSON.stringify({ prediction_id: knownId, correct_urgency: "asap" }),
    code: "invalid_request",
  },
  {
    name: "a queue with a NUL",
    path: "/feedback",
    type: json,
    body: JSON.stringify({ prediction_id: knownId, correct_queue: "a\u0000" }),
    code: "invalid_request",
  },
  {
    name: "an unknown prediction",
    path: `/predictions/${unknownId}`,
    method: "GET",
    code: "prediction_not_found",
  },
  { name: "a prediction id that is none", path: "/predictions/42", method: "GET", code: "invalid_id" },
  { name: "an unknown document", path: `/documents/${unknownId}`, method: "GET", code: "document_not_found" },
  {
    name: "deleting an unknown document",
    path: `/documents/${unknownId}`,
    method: "DELETE",
    code: "document_not_found",
  },
  {
    name: "replacing an unknown document",
    path: `/documents/${unknownId}`,
    method: "PUT",
    type: "text/plain",
    body: "a",
    code: "document_not_found",
  },
  { name: "a document id that is none", path: "/documents/'%20or%201=1", method: "GET", code: "invalid_id" },
  { name: "a limit of 0", path: "/documents?limit=0", method: "GET", code: "invalid_request" },
  { name: "a cursor with a NUL", path: "/documents?cursor=%00", method: "GET", code: "invalid_request" },
  { name: "an unknown query parameter", path: "/documents?page=2", method: "GET", code: "invalid_request" },
  {
    name: "a PDF that is none",
    path: "/documents",
    type: "application/pdf",
    body: "I am no PDF",
    code: "unreadable_document",
  },
  {
    name: "a document of blanks",
    path: "/documents",
    type: "text/markdown",
    body: " \n ",
    code: "empty_document",
  },
  {
    name: "a text document that is no UTF-8",
    path: "/documents",
    type: "text/plain",
    body: new Uint8Array([0xff, 0xe9, 0x20]),
    code: "unreadable_document",
  },
  {
    name: "a picture as a document",
    path: "/documents",
    type: "image/png",
    body: "a",
    code: "unsupported_media_type",
  },
  {
    name: "a document of no type",
    path: "/documents",
    type: "",
    body: new Uint8Array([65]),
    code: "unsupported_media_type",
  },
  {
    name: "a document of 10 MB",
    path: "/documents",
    type: "text/plain",
    body: "a".repeat(tenMegabytes),
    code: "body_too_large",
  },
  { name: "a form without a file", path: "/documents", body: form({ title: "a" }), code: "invalid_request" },
  {
    name: "a broken form",
    path: "/documents",
    type: "multipart/form-data; boundary=x",
    body: "--y",
    code: "invalid_request",
  },
  {
    name: "a document with an unknown key",
    path: "/documents",
    type: json,
    body: '{"content":"a","lang":"en"}',
    code: "invalid_request",
  },
  {
    name: "a document whose link is a script",
    path: "/documents",
    type: json,
    body: '{"content":"a","url":"javascript:alert(1)"}',
    code: "invalid_request",
  },
  {
    name: "a ticket without a body",
    path: "/tickets",
    type: json,
    body: '{"id":"1"}',
    code: "invalid_request",
  },
  {
    name: "tickets as text",
    path: "/tickets",
    type: "text/plain",
    body: "a",
    code: "unsupported_media_type",
  },
  {
    name: "a ticket that is malformed JSON",
    path: "/tickets",
    type: json,
    body: "{",
    code: "malformed_json",
  },
  {
    name: "CSV without the columns",
    path: "/tickets",
    type: "text/csv",
    body: "a,b\n1,2\n",
    code: "invalid_request",
  },
  {
    name: "CSV that is no UTF-8",
    path: "/tickets",
    type: "text/csv",
    body: new Uint8Array([...Buffer.from("id,body\n1,caf"), 0xe9, 10]),
    code: "invalid_encoding",
  },
  {
    name: "a source with a NUL",
    path: "/tickets?source=%00",
    type: json,
    body: '{"id":"1","body":"a"}',
    code: "invalid_request",
  },
  {
    name: "a key without scopes",
    path: "/keys",
    type: json,
    body: '{"name":"a","scopes":[]}',
    code: "invalid_request",
  },
  {
    name: "a key with a scope that is none",
    path: "/keys",
    type: json,
    body: '{"name":"a","scopes":["root"]}',
    code: "invalid_request",
  },
  {
    name: "a key with seven scopes",
    path: "/keys",
    type: json,
    body: JSON.stringify({ name: "a", scopes: Array(7).fill("ask") }),
    code: "too_many_items",
  },
  {
    name: "a key whose name is a NUL",
    path: "/keys",
    type: json,
    body: JSON.stringify({ name: "\u0000", scopes: ["ask"] }),
    code: "invalid_request",
  },
  {
    name: "a key for 11 years",
    path: "/keys",
    type: json,
    body: '{"name":"a","scopes":["ask"],"expires_in_days":4000}',
    code: "invalid_request",
  },
  {
    name: "a key that brings its own hash",
    path: "/keys",
    type: json,
    body: '{"name":"a","scopes":["ask"],"key_hash":"00"}',
    code: "invalid_request",
  },
  {
    name: "a key written by another website",
    path: "/keys",
    type: json,
    headers: { "sec-fetch-site": "cross-site" },
    body: '{"name":"a","scopes":["ask"]}',
    code: "cross_site_request",
  },
  {
    name: "a key that is named by no prefix",
    path: "/keys/x",
    method: "DELETE",
    code: "invalid_id",
  },
  {
    name: "a whole key in the path",
    path: `/keys/sia_k3f7abcq_${"A".repeat(43)}`,
    method: "DELETE",
    code: "invalid_id",
  },
  {
    name: "a key that nobody has",
    path: "/keys/sia_aaaaaaaa",
    method: "DELETE",
    code: "key_not_found",
  },
  {
    name: "a distrust that is neither yes nor no",
    path: "/keys/sia_k3f7abcq?distrust_labels=maybe",
    method: "DELETE",
    code: "invalid_request",
  },
  {
    name: "a label of an unknown queue",
    path: "/labels",
    type: json,
    body: JSON.stringify({ prediction_id: knownId, queue: "Nowhere", urgency: null }),
    code: "unknown_label",
  },
  {
    name: "a label that leaves the urgency out",
    path: "/labels",
    type: json,
    body: JSON.stringify({ prediction_id: knownId, queue: null }),
    code: "invalid_request",
  },
  {
    name: "a label that says who gives it",
    path: "/labels",
    type: json,
    body: JSON.stringify({ prediction_id: knownId, queue: null, urgency: null, author: "boss" }),
    code: "invalid_request",
  },
  {
    name: "a label of no prediction",
    path: "/labels",
    type: json,
    body: JSON.stringify({ prediction_id: unknownId, queue: null, urgency: "low" }),
    code: "prediction_not_found",
  },
  {
    name: "labels of a status that is none",
    path: "/labels?status=good",
    method: "GET",
    code: "invalid_request",
  },
  {
    name: "1,001 labels",
    path: "/labels?limit=1001",
    method: "GET",
    code: "invalid_request",
  },
  {
    name: "a verdict that is none",
    path: `/labels/${knownId}/verdict`,
    method: "PUT",
    type: json,
    body: '{"verdict":"maybe"}',
    code: "invalid_request",
  },
  {
    name: "a verdict on no label",
    path: `/labels/${unknownId}/verdict`,
    method: "PUT",
    type: json,
    body: '{"verdict":"rejected"}',
    code: "label_not_found",
  },
  {
    name: "a verdict on an id that is none",
    path: "/labels/1/verdict",
    method: "PUT",
    type: json,
    body: '{"verdict":"rejected"}',
    code: "invalid_id",
  },
  {
    name: "a queue of blanks",
    path: "/queues",
    type: json,
    body: '{"name":"  "}',
    code: "invalid_request",
  },
  {
    name: "a queue of 101 characters",
    path: "/queues",
    type: json,
    body: JSON.stringify({ name: "a".repeat(101) }),
    code: "invalid_request",
  },
  {
    name: "a drift report that is none",
    path: `/monitoring/drift/${unknownId}`,
    method: "GET",
    code: "report_not_found",
  },
  {
    name: "a drift report of an id that is none",
    path: "/monitoring/drift/newest",
    method: "GET",
    code: "invalid_id",
  },
  {
    name: "a cursor that is no id",
    path: "/monitoring/decisions?cursor=1",
    method: "GET",
    code: "invalid_request",
  },
  {
    name: "a page of trainings without rows",
    path: "/monitoring/cycles?limit=0",
    method: "GET",
    code: "invalid_request",
  },
  {
    name: "a cursor of trainings that is no id",
    path: "/monitoring/cycles?cursor=newest",
    method: "GET",
    code: "invalid_request",
  },
  {
    name: "a window of no days",
    path: "/monitoring/performance?window_days=0",
    method: "GET",
    code: "invalid_request",
  },
  {
    name: "a label lag of half a day",
    path: "/monitoring/performance?label_lag_days=0.5",
    method: "GET",
    code: "invalid_request",
  },
];

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

describe("bad input is answered by a problem of its own, and the process stays up", () => {
  test.each(cases)("$name: $code", async ({ path, method = "POST", type, headers = {}, body, code }) => {
    const response = await fetch(server.url + path, {
      method,
      headers: {
        ...(type === undefined ? {} : { "content-type": type }),
        "x-request-id": "case-1",
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const problem = await response.json();
    expect({ code: problem.code, status: response.status }).toEqual({
      code,
      status: problemCodes[code].status,
    });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(problem).toMatchObject({
      type: `urn:support-it-agent:problem:${code}`,
      title: problemCodes[code].title,
      status: response.status,
      request_id: "case-1",
    });
    expect(problem.detail.length).toBeGreaterThan(10);
    expect(response.headers.get("x-request-id")).toBe("case-1");
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  });

  test("a wrong method names the right ones in Allow", async () => {
    const response = await fetch(`${server.url}/documents/${knownId}`, { method: "POST" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")?.split(", ").sort()).toEqual(["DELETE", "GET", "HEAD", "PUT"]);
  });

  test("10 MB in chunks without a length are refused before they are all sent", async () => {
    const { status, sent } = await sendChunks(tenMegabytes);
    expect(status).toBe(413);
    expect(sent).toBeLessThan(tenMegabytes);
  });

  test("an insane request id is replaced", async () => {
    for (const id of ["a b", "x".repeat(200), "<script>", "{}"]) {
      const response = await fetch(`${server.url}/livez`, { headers: { "x-request-id": id } });
      expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

/** Sends pieces of 64 KiB, each when the one before is taken, until all are sent or an answer comes. */
function sendChunks(length: number): Promise<{ status: number; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let isAnswered = false;
    const outgoing = request(
      `${server.url}/ask`,
      { method: "POST", headers: { "content-type": json } },
      (response) => {
        isAnswered = true;
        response.resume();
        resolve({ status: response.statusCode ?? 0, sent });
        outgoing.destroy();
      },
    );
    outgoing.on("error", (error) => {
      if (!isAnswered) reject(error);
    });
    const piece = Buffer.alloc(65_536, "a");
    const send = (): void => {
      if (isAnswered || sent >= length) return;
      sent += piece.length;
      outgoing.write(piece, () => setTimeout(send, 1));
    };
    send();
  });
}
