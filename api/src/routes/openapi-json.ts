import type { App } from "../http/app-env.ts";

/** GET /openapi.json: the interface as OpenAPI 3.1, made from the schemas that the routes parse with. */
export function addOpenapiJson(app: App, version: string): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearerKey", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "sia_PREFIX_SECRET",
    description:
      "A key that ./scripts/keys made. Each operation names the scopes of which the key needs one; admin has them all. As long as no key " +
      "exists, and on loopback alone, none is needed.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "headerKey", {
    type: "apiKey",
    in: "header",
    name: "X-API-Key",
    description: "The same key, for tools that cannot send Authorization.",
  });
  let document: string | undefined;
  app.get("/openapi.json", (c) => {
    document ??= JSON.stringify(app.getOpenAPI31Document({ ...about, info: { ...about.info, version } }));
    return c.body(document, 200, { "content-type": "application/json" });
  });
}

const about = {
  openapi: "3.1.0",
  info: {
    title: "Support IT Agent",
    description:
      "Queue, urgency and an answer with sources for an IT question, or a hand-over to a person with its reason. Every error is an " +
      "application/problem+json with a stable `code` and the request id.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/" }],
  security: [],
  tags: [
    { name: "Ask", description: "Questions, classification, search and what people say of the answers" },
    { name: "Knowledge", description: "What answers are made from" },
    { name: "Labels", description: "What agents say of texts, and what becomes of it" },
    { name: "Monitoring", description: "Drift, decisions, live quality, and what served when" },
    { name: "Keys", description: "Who may do what" },
    { name: "Operations", description: "For whoever runs it" },
  ],
};
