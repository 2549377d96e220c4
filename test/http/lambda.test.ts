import { execFile } from "node:child_process";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { generateKey } from "../../api/src/auth/generate-key.ts";
import { createLambdaHandlers } from "../../api/src/node/create-lambda-handlers.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { modelDir, starterBundle } from "./create-real-app.ts";
import { createTestApp } from "./create-test-app.ts";
import { albEvent, functionUrlEvent, gatewayEvent } from "./lambda-events.ts";

afterEach(() => {
  Reflect.deleteProperty(globalThis, "awslambda");
});

const question = JSON.stringify({ question: "Ça ne marche pas" });

test.each([
  ["an API Gateway (v2)", gatewayEvent],
  ["a function URL", functionUrlEvent],
  ["an ALB", albEvent],
])("an event of %s is answered, plain or base64", async (_, makeEvent) => {
  const { handler } = createLambdaHandlers(createTestApp().app);
  for (const base64 of [false, true]) {
    const result = await handler(makeEvent("POST", "/ask", question, { base64 }));
    expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    expect(JSON.parse(result.body)).toMatchObject({ predicted_queue: "Network / Infrastructure" });
    expect(result.headers?.["content-type"]).toBe("application/json");
  }
  const refused = await handler(makeEvent("POST", "/ask", "{"));
  expect(refused.statusCode).toBe(400);
  expect(JSON.parse(refused.body).code).toBe("malformed_json");
  expect(
    (await handler(makeEvent("GET", "/documents", undefined, { query: "limit=1&language=fr" }))).statusCode,
  ).toBe(200);
});

test("without the runtime's global there is no streaming handler; a stream is then answered in one piece", async () => {
  const { handler, streamHandler } = createLambdaHandlers(createTestApp().app);
  expect(streamHandler).toBeUndefined();
  const result = await handler(
    functionUrlEvent("POST", "/ask", JSON.stringify({ question: "VPN", stream: true })),
  );
  expect(result.body).toMatch(/^event: meta[\s\S]*data: \[DONE\]\n\n$/);
});

test("the streaming handler passes status and headers first, then every event as it comes", async () => {
  const heads: unknown[] = [];
  const pieces: string[] = [];
  // What the runtime puts there: https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
  Reflect.set(globalThis, "awslambda", {
    streamifyResponse: (handle: unknown) => handle,
    HttpResponseStream: {
      from: (stream: Writable, head: unknown) => {
        heads.push(head);
        return stream;
      },
    },
  });
  const { streamHandler } = createLambdaHandlers(createTestApp().app);
  const stream = new Writable({
    write: (piece, _, done) => {
      pieces.push(String(piece));
      done();
    },
  });
  const event = functionUrlEvent("POST", "/ask", JSON.stringify({ question: "VPN", stream: true }));
  await (streamHandler as unknown as (event: unknown, stream: Writable, context: unknown) => Promise<void>)(
    event,
    stream,
    {},
  );
  expect(heads).toMatchObject([{ statusCode: 200, headers: { "content-type": "text/event-stream" } }]);
  expect(pieces.length).toBe(5);
  expect(pieces.at(-1)).toBe("data: [DONE]\n\n");
});

test("the real entry point answers an event over PostgreSQL with the real models", async () => {
  const { key, hash } = await generateKey();
  const event = gatewayEvent("POST", "/ask", question);
  const withKey = { ...event, headers: { ...event.headers, authorization: `Bearer ${key}` } };
  const program = `
    const { handler } = await import(${JSON.stringify(new URL("../../api/src/lambda.ts", import.meta.url).href)});
    const refused = await handler(${JSON.stringify(event)});
    const result = await handler(${JSON.stringify(withKey)});
    process.stderr.write(JSON.stringify([refused.statusCode, JSON.parse(result.body)]));
    process.exit(0);`;
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: await createTestDatabase(),
    MODEL_DIR: modelDir,
    BUNDLE_DIR: starterBundle,
    FIRST_ADMIN_KEY_SHA256: hash,
  };
  const { stderr } = await run(process.execPath, ["--eval", `(async () => { ${program} })()`], {
    env,
    cwd: root,
  });
  const answer = { language: "fr", degraded: [], prediction_id: expect.stringMatching(/^[0-9a-f-]{36}$/) };
  expect(JSON.parse(stderr)).toMatchObject([401, answer]);
});

test("the real entry point does not start where no key exists, and says how to make one", async () => {
  const entry = JSON.stringify(new URL("../../api/src/lambda.ts", import.meta.url).href);
  const program = `await import(${entry}).catch((error) => { process.stderr.write(error.message); process.exit(1); });`;
  const failure = await run(process.execPath, ["--eval", `(async () => { ${program} })()`], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: await createTestDatabase(),
      MODEL_DIR: modelDir,
      BUNDLE_DIR: starterBundle,
    },
    cwd: root,
  }).catch((error) => error);
  expect(failure.stderr).toContain("no key exists");
  expect(failure.stderr).toContain("./scripts/keys create");
});

test("the real entry point does not start without a database, and says what to set", async () => {
  const program = `await import(${JSON.stringify(new URL("../../api/src/lambda.ts", import.meta.url).href)});`;
  const failure = await run(process.execPath, ["--eval", `(async () => { ${program} })()`], {
    env: { PATH: process.env.PATH },
    cwd: root,
  }).catch((error) => error);
  expect(failure.stderr).toContain("DATABASE_URL is not set");
});

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
