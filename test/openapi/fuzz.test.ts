import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../shared/src/database/database.ts";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { createRealApp, type RealApp } from "../http/create-real-app.ts";
import { createRandom, generateValue } from "./generate-value.ts";
import { type OpenApiDocument, type Operation, openApiDocumentSchema } from "./open-api-document.ts";

let database: Database;
let real: RealApp;
let document: OpenApiDocument;

beforeAll(async () => {
  database = await openPglite();
  await migrate(database);
  real = await createRealApp(database);
  document = openApiDocumentSchema.parse(await (await real.app.request("/openapi.json")).json());
});

afterAll(async () => {
  await real.close();
  await database.close();
});

const requestsEach = Number(process.env.FUZZ_REQUESTS || 60);

test(`${requestsEach} generated requests to each operation over the real models and database: no 500, no undocumented status or type`, async () => {
  const faults: string[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      for (let seed = 1; seed <= requestsEach; seed += 1) {
        const { url, init } = generateRequest(path, method, operation, createRandom(seed));
        const response = await real.app.request(url, init);
        const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
        const text = await response.text();
        const documented = operation.responses[String(response.status)];
        const isKnownType = documented?.content ? type in documented.content : text === "";
        if (response.status !== 500 && isKnownType) continue;
        const cause = real.lines.findLast((line) => line.includes('"error"'));
        faults.push(
          `seed ${seed}: ${method} ${url} -> ${response.status} ${type}; ${describeBody(init.body)}; ${cause?.slice(0, 400)}`,
        );
      }
    }
  }
  expect(faults.slice(0, 5)).toEqual([]);
}, 600_000);

function describeBody(body: unknown): string {
  return typeof body === "string" ? JSON.stringify(body.slice(0, 200)) : typeof body;
}

function generateRequest(path: string, method: string, operation: Operation, random: () => number) {
  const components = document.components.schemas;
  const query = new URLSearchParams();
  let url = path;
  for (const parameter of operation.parameters) {
    const value = String(generateValue(parameter.schema, components, random));
    if (parameter.in === "path")
      url = url.replace(`{${parameter.name}}`, encodeURIComponent(toUnicode(value)) || "x");
    else if (random() < 0.5) query.set(parameter.name, value);
  }
  const init: RequestInit & { headers: Record<string, string> } = {
    method: method.toUpperCase(),
    headers: {},
  };
  const contents = Object.entries(operation.requestBody?.content ?? {});
  const chosen = contents[Math.floor(random() * contents.length)];
  if (chosen) {
    const [type, { schema = {}, example }] = chosen;
    init.headers["content-type"] = random() < 0.03 ? "image/png" : type;
    init.body = generateBody(type, schema, example, random);
    if (type === "multipart/form-data") delete init.headers["content-type"];
  }
  if (random() < 0.2) init.headers.accept = "text/event-stream";
  return { url: query.size > 0 ? `${url}?${query}` : url, init };
}

const toUnicode = (text: string) => text.toWellFormed();

function generateBody(
  type: string,
  schema: Readonly<Record<string, unknown>>,
  example: unknown,
  random: () => number,
): BodyInit {
  if (random() < 0.03) return new Uint8Array(Array.from({ length: 50 }, () => Math.floor(random() * 256)));
  if (type === "multipart/form-data") {
    const form = new FormData();
    const text = String(generateValue({ type: "string" }, {}, random));
    if (random() < 0.9) form.set("file", new File([text], random() < 0.5 ? "a.md" : "a.pdf"));
    if (random() < 0.5) form.set("title", String(generateValue({ type: "string" }, {}, random)));
    return form;
  }
  if (type.endsWith("json")) {
    const text = JSON.stringify(generateValue(schema, document.components.schemas, random));
    return random() < 0.04 ? text.slice(0, -1) : text;
  }
  const text = `${random() < 0.5 && typeof example === "string" ? example : ""}${generateValue({ type: "string" }, {}, random)}`;
  return random() < 0.5
    ? `---\nid: ${JSON.stringify(text)}\ntitle: ${JSON.stringify(text)}\nkeywords: [${JSON.stringify(text)}]\n---\n# a\n\n${text}\n`
    : text;
}
