import { createConfig, lintFromString } from "@redocly/openapi-core";
import { beforeAll, expect, test } from "vitest";
import { keyCaller } from "../../api/src/auth/caller.ts";
import { Problem } from "../../api/src/problem.ts";
import { createTestApp, knownId } from "../http/create-test-app.ts";
import { type OpenApiDocument, openApiDocumentSchema } from "./open-api-document.ts";

let text = "";
let document: OpenApiDocument;

beforeAll(async () => {
  text = await (await createTestApp().app.request("/openapi.json")).text();
  document = openApiDocumentSchema.parse(JSON.parse(text));
});

/** Rules of Redocly beyond "recommended" that make examples a promise; docs.redocly.com names each. */
const rules = {
  "no-invalid-media-type-examples": "error",
  "no-invalid-schema-examples": "error",
  "no-unused-components": "error",
  "operation-operationId": "error",
  "operation-4xx-problem-details-rfc7807": "error",
  "path-declaration-must-exist": "error",
  "tags-alphabetical": "off",
  // The document is served by the agent itself, under whatever address it has: "/" is right.
  "no-server-example.com": "off",
  "operation-4xx-response": "off",
} as const;

test("the linter of OpenAPI has nothing to say, of the examples either", async () => {
  const config = await createConfig({ extends: ["recommended-strict"], rules });
  const problems = await lintFromString({ source: text, absoluteRef: "openapi.json", config });
  expect(
    problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`),
  ).toEqual([]);
});

test("every route of the interface is documented, and no other", () => {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.sort()).toEqual(
    [
      "POST /ask",
      "POST /classify",
      "POST /search",
      "POST /feedback",
      "POST /documents",
      "GET /documents",
      "GET /documents/{id}",
      "PUT /documents/{id}",
      "DELETE /documents/{id}",
      "POST /tickets",
      "GET /predictions/{id}",
      "GET /model",
      "GET /livez",
      "GET /readyz",
      "GET /version",
      "GET /metrics",
      "GET /queues",
      "POST /queues",
      "GET /labels",
      "POST /labels",
      "GET /labels/next",
      "PUT /labels/{id}/verdict",
      "GET /monitoring/drift",
      "GET /monitoring/drift/{id}",
      "GET /monitoring/decisions",
      "GET /monitoring/cycles",
      "GET /monitoring/performance",
      "GET /monitoring/deployments",
      "GET /keys",
      "POST /keys",
      "DELETE /keys/{prefix}",
    ].sort(),
  );
});

/** Open to everybody: what an orchestrator and a rollout ask. */
const openPaths = ["/livez", "/readyz", "/version"];

test("every route but the probes says which scopes it needs, and refuses whoever has none of them before it reads a body", async () => {
  const refuse = async (): Promise<never> => {
    throw new Problem("key_required", "Send a key.");
  };
  const without = createTestApp({ identify: refuse }).app;
  const wrong = createTestApp({ identify: async () => keyCaller("key-1", []) }).app;
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, { operationId, security }] of Object.entries(item)) {
      const url = path.replace("{id}", knownId).replace("{prefix}", "sia_k3f7abcq");
      const init = { method: method.toUpperCase(), headers: { "content-type": "image/png" } };
      const isOpen = openPaths.includes(path);
      expect(security.length > 0, operationId).toBe(!isOpen);
      if (isOpen) continue;
      expect((await without.request(url, init)).status, operationId).toBe(401);
      const needsScope = security.some((one) => Object.values(one).flat().length > 0);
      if (needsScope) expect((await wrong.request(url, init)).status, operationId).toBe(403);
    }
  }
});

test("each route has an example of its JSON body and of every answer with one", () => {
  const without: string[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, { requestBody, responses }] of Object.entries(item)) {
      const where = `${method} ${path}`;
      const contents = [
        ["body", requestBody?.content],
        ...Object.entries(responses).map(([status, r]) => [status, r.content]),
      ] as const;
      for (const [name, content] of contents) {
        for (const [type, media] of Object.entries(content ?? {})) {
          if (type.includes("json") && media.example === undefined && media.examples === undefined)
            without.push(`${where} ${name} ${type}`);
        }
      }
    }
  }
  expect(without).toEqual([]);
});

test("the examples of requests are taken, with an answer that is documented", async () => {
  const { app } = createTestApp({ identify: async () => keyCaller("key-1", ["admin"]) });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      for (const [type, { example }] of Object.entries(operation.requestBody?.content ?? {})) {
        if (example === undefined) continue;
        const body = typeof example === "string" ? example : JSON.stringify(example);
        const url = path.replace("{id}", "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44");
        const response = await app.request(url, {
          method: method.toUpperCase(),
          headers: { "content-type": type },
          body,
        });
        expect(response.ok, `${method} ${path} ${type}: ${response.status}`).toBe(true);
        expect(Object.keys(operation.responses)).toContain(String(response.status));
      }
    }
  }
});
