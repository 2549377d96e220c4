import { expect, test } from "vitest";
import { createTestApp } from "./create-test-app.ts";

test("an instance that lacks something is alive, not ready, and says what it lacks", async () => {
  const missing = [{ path: "schema", message: 'The database has no schema: run "node scripts/migrate.ts".' }];
  const { app } = createTestApp({ findMissing: async () => missing });
  expect((await app.request("/livez")).status).toBe(200);
  const response = await app.request("/readyz");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    code: "not_ready",
    detail: missing[0]?.message,
    errors: missing,
  });
});

test("/metrics counts requests by the pattern of their route, and never by their path", async () => {
  const { app } = createTestApp();
  await app.request("/predictions/019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44");
  await app.request("/hunter2");
  await app.request("/ask", { method: "BREW" });
  const text = await (await app.request("/metrics")).text();
  expect(text).toContain('http_requests_total{method="GET",route="/predictions/:id",status="200"} 1');
  expect(text).toContain('http_requests_total{method="GET",route="none",status="404"} 1');
  expect(text).toContain('http_requests_total{method="OTHER",route="none",status="405"} 1');
  expect(text).not.toContain("hunter2");
});

test("pages and their files come from this server, and may load from nowhere else", async () => {
  const { app } = createTestApp();
  for (const path of ["/", "/docs"]) {
    const response = await app.request(path);
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(response.headers.get("content-security-policy")).toContain(
      "default-src 'none'; script-src 'self'",
    );
    for (const [, file] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      expect((await app.request(file!)).status).toBe(200);
    }
  }
});

test("every response says that browsers shall not guess its type; the model and the versions are described", async () => {
  const { app } = createTestApp();
  for (const path of ["/livez", "/model", "/version", "/metrics", "/openapi.json", "/nothing"]) {
    const response = await app.request(path);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  }
  expect(await (await app.request("/version")).json()).toMatchObject({
    version: "0.0.0-test",
    model_version: "test-1",
  });
});
