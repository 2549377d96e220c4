import { afterAll, beforeAll, expect, test } from "vitest";
import { createMistralGenerator } from "../../api/src/generation/create-mistral-generator.ts";
import { type RunningServer, serveApp } from "../../api/src/node/serve-app.ts";
import type { Database } from "../../shared/src/database/database.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import {
  type MistralReply,
  type MistralServer,
  startMistralServer,
} from "../mistral/start-mistral-server.ts";
import { createRealApp, type RealApp } from "./create-real-app.ts";

let database: Database;
let model: MistralServer;
let real: RealApp;
let server: RunningServer;

/** Shorter than any limit of the generator's own. */
const askDeadlineMs = 6_000;

beforeAll(async () => {
  database = openNodePostgres({ url: await createTestDatabase() });
  model = await startMistralServer();
  const generator = createMistralGenerator({ apiKey: "k", model: "slow", serverUrl: model.url });
  real = await createRealApp(database, generator, { trustsLoopback: true }, { askDeadlineMs });
  server = await serveApp(real.app, { host: "127.0.0.1", port: 0 });
  await post("/documents", {
    external_id: "vpn",
    language: "fr",
    title: "Le VPN ne se connecte pas",
    content: "1. Redémarrez le client VPN.\n2. Vérifiez votre connexion Internet sans le VPN.",
  });
});

afterAll(async () => {
  await server.stop(0);
  await real.close();
  await model.close();
  await database.close();
});

const post = (path: string, body: unknown) =>
  fetch(`${server.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function ask(stream: boolean, conversation: readonly object[] = []) {
  const response = await post("/ask", { question: "Mon VPN ne se connecte pas", conversation, stream });
  const text = await response.text();
  if (!stream) return { status: response.status, answer: JSON.parse(text), meta: null };
  const dataOf = (event: string) => {
    const block = text.split("\n\n").find((one) => one.startsWith(`event: ${event}`));
    return JSON.parse(block?.split("\ndata: ")[1] ?? "null");
  };
  return { status: response.status, answer: dataOf("done"), meta: dataOf("meta") };
}

const dripping: MistralReply = {
  kind: "answer",
  deltas: Array(200).fill("1. Redémarrez le client VPN. [1]\n"),
  betweenMs: 100,
};
const cutOff = { generated_by: "mistral/slow", degraded: ["answer_cut_off"] };
const quotes = { generated_by: "extractive", degraded: ["llm_unavailable"] };

test.each<{ name: string; stream: boolean; reply: MistralReply; expected: object }>([
  { name: "drips", stream: false, reply: dripping, expected: cutOff },
  { name: "drips", stream: true, reply: dripping, expected: cutOff },
  { name: "says nothing", stream: false, reply: { kind: "hang_before_headers" }, expected: quotes },
  { name: "says nothing", stream: true, reply: { kind: "hang_after", deltas: [] }, expected: quotes },
])(
  "a language model that $name ends in a recorded answer before the deadline (stream: $stream)",
  async ({ stream, reply, expected }) => {
    model.replyWith(reply);
    const { status, answer } = await ask(stream);
    expect(status).toBe(200);
    expect(answer).toMatchObject({ action: "answer", ...expected });
    expect(answer.response).toContain("Redémarrez le client VPN. [1]");
    const recorded = await (await fetch(`${server.url}/predictions/${answer.prediction_id}`)).json();
    expect(recorded).toMatchObject(expected);
    expect(await model.requests.at(-1)?.hungUp).toBe(true);
  },
);

test("the writer's own values stand in the answer, however the language model writes their placeholders", async () => {
  const deltas = ["1. Écrivez à [EMAIL\\_1](mailto:[EMAIL_1]), non à [EMAIL_7]. [1]\n"];
  model.replyWith({ kind: "answer", deltas });
  const conversation = [{ role: "assistant", content: "Êtes-vous jean.dupont@example.com ?" }];
  for (const stream of [false, true]) {
    const { answer } = await ask(stream, conversation);
    expect(answer.response).toBe("1. Écrivez à jean.dupont@example.com, non à …. [1]");
  }
});

test("what meta says of the action is provisional: a language model that finds no answer makes a hand-off of it", async () => {
  model.replyWith({ kind: "answer", deltas: ["No answer."] });
  const { meta, answer } = await ask(true);
  expect(meta).toMatchObject({ action: "answer", hand_off_reason: null });
  expect(answer).toMatchObject({ action: "hand_off", hand_off_reason: "missing_knowledge" });
});
