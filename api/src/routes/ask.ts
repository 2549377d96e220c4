import { createRoute, z } from "@hono/zod-openapi";
import type { Answer } from "../answer.ts";
import type { AskEvent } from "../answer-question.ts";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import { seesTickets } from "../auth/sees-tickets.ts";
import {
  answerExample,
  answerMetaSchema,
  answerSchema,
  toAnswerBody,
  toMetaBody,
} from "../http/answer-schema.ts";
import type { App } from "../http/app-env.ts";
import { limitBody } from "../http/limit-body.ts";
import { prefersToJson } from "../http/prefers-to-json.ts";
import { bodyProblems, problemResponses, workProblems } from "../http/problem-responses.ts";
import { reportProblem } from "../http/report-problem.ts";
import { startWork } from "../http/start-work.ts";
import { type ServerSentEvent, streamEvents } from "../http/stream-events.ts";
import { textSchema } from "../http/text-schema.ts";
import { problemBody } from "../problem.ts";

const turnSchema = z.strictObject({ role: z.enum(["user", "assistant"]), content: textSchema });

const askSchema = z
  .strictObject({
    question: textSchema,
    conversation: z
      .array(turnSchema)
      .max(20)
      .default([])
      .openapi({ description: "Earlier turns, oldest first." }),
    top_k: z.int().min(1).max(20).default(8).openapi({ description: "How many passages to look at." }),
    stream: z
      .boolean()
      .default(false)
      .openapi({ description: "Server-sent events instead of one JSON body." }),
  })
  .openapi("Question");

/** One event of the stream: what tools that know event streams check each of them against. */
const eventSchema = z
  .object({
    event: z
      .enum(["meta", "delta", "done", "error", "message"])
      .optional()
      .openapi({ description: "[DONE] has no name, which clients read as message." }),
    data: z
      .string()
      .openapi({ description: "JSON: AnswerMeta, {text}, Answer or Problem; [DONE] at the end." }),
  })
  .openapi("AnswerEvent");

const allowed = allow("ask", "agent");

const route = createRoute({
  method: "post",
  path: "/ask",
  operationId: "ask",
  tags: ["Ask"],
  security: allowed.security,
  summary: "Answer a question, or hand it over to a person and say why",
  description:
    "With `stream: true`, or `Accept: text/event-stream`, the answer comes as server-sent events: `meta` (AnswerMeta), any " +
    "number of `delta` ({text}), `done` (the whole Answer), then `data: [DONE]`. An error after the headers is an `error` " +
    "event that carries a Problem; no `[DONE]` follows it. Solved tickets of other people are a source, and shown as similar, for " +
    "agents alone.",
  middleware: [allowed.authorize, limitBody(1_048_576)] as const,
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: askSchema, example: { question: "Mon VPN ne marche pas" } } },
    },
  },
  responses: {
    200: {
      description: "An answer, or a hand-off with its reason",
      content: {
        "application/json": { schema: answerSchema, example: answerExample },
        "text/event-stream": {
          schema: eventSchema,
          example: { event: "delta", data: '{"text":"1. Vérifiez la connexion [1]"}' },
        },
      },
    },
    ...problemResponses(
      ...bodyProblems,
      "empty_text",
      "text_too_long",
      "too_many_items",
      ...workProblems,
      ...keyProblems,
    ),
  },
});

type AskDeps = Pick<AppDeps, "answerQuestion" | "slots" | "limits" | "observeAnswer">;

/** POST /ask: the question in, one call, the answer out; as one body or as events. */
export function addAsk(app: App, { answerQuestion, slots, limits, observeAnswer }: AskDeps): void {
  app.openapi(route, async (c) => {
    const { question, conversation, top_k: topK, stream } = c.req.valid("json");
    const requestId = c.get("requestId");
    const work = await startWork(slots, c.req.raw.signal, limits.askDeadlineMs);
    const events = answerQuestion({
      question,
      conversation,
      topK,
      kinds: seesTickets(c.get("caller")) ? ["article", "ticket"] : ["article"],
      requestId,
      caller: c.get("caller").keyId,
      writeUntilMs: work.deadlineAtMs - reserveMs(limits.askDeadlineMs),
      signal: work.signal,
    });
    try {
      // What fails before the first event is a plain HTTP error, for a stream as well.
      const first = await work.race(events.next());
      const all = observed(first, events, observeAnswer);
      if (!stream && !prefersToJson(c, "text/event-stream")) {
        const answer = await work.race(lastAnswer(all));
        work.end();
        return c.json(answerSchema.parse(toAnswerBody(answer)), 200);
      }
      const sent = toServerSentEvents(all);
      const body = streamEvents(
        { next: () => work.race(sent.next()), return: () => sent.return() },
        {
          heartbeatMs: limits.heartbeatMs,
          toErrorEvent: (error) => ({
            event: "error",
            data: problemBody(reportProblem(error, c.get("log"), requestId), requestId),
          }),
          onCancel: work.stop,
          onEnd: work.end,
        },
      );
      return c.body(body, 200, eventStreamHeaders);
    } catch (error) {
      // What was not waited for ends by itself, and frees what it holds.
      void events.return().catch(() => {});
      work.end();
      throw error;
    }
  });
}

/** What is kept of the deadline for quoting, where the language model gave nothing, and for recording the answer. */
const reserveMs = (deadlineMs: number) => Math.min(2_000, deadlineMs / 4);

/** Proxies must pass events on as they come: nginx heeds the last of these. */
const eventStreamHeaders = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

/** All events, the first one included; the last one is counted as it passes. Who reads no further ends the rest, too. */
async function* observed(
  first: IteratorResult<AskEvent, void>,
  rest: AsyncGenerator<AskEvent, void>,
  observeAnswer: (answer: Answer) => void,
): AsyncGenerator<AskEvent, void> {
  try {
    for (let next = first; !next.done; next = await rest.next()) {
      if (next.value.type === "done") observeAnswer(next.value.answer);
      yield next.value;
    }
  } finally {
    await rest.return();
  }
}

async function lastAnswer(events: AsyncIterable<AskEvent>): Promise<Answer> {
  for await (const event of events) if (event.type === "done") return event.answer;
  throw new Error("the answer's events ended without the last one");
}

async function* toServerSentEvents(events: AsyncIterable<AskEvent>): AsyncGenerator<ServerSentEvent, void> {
  for await (const event of events) {
    if (event.type === "meta") yield { event: "meta", data: answerMetaSchema.parse(toMetaBody(event.meta)) };
    else if (event.type === "delta") yield { event: "delta", data: { text: event.text } };
    else yield { event: "done", data: answerSchema.parse(toAnswerBody(event.answer)) };
  }
}
