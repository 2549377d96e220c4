import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server does with one request. */
export type MistralReply =
  /** Streams the deltas and ends as a good answer does, unless `finishReason` says otherwise (null: none is sent). */
  | {
      readonly kind: "answer";
      readonly deltas: readonly string[];
      readonly finishReason?: string | null;
      readonly betweenMs?: number;
    }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** Takes the request and says nothing. */
  | { readonly kind: "hang_before_headers" }
  /** Says the deltas and then nothing more. */
  | { readonly kind: "hang_after"; readonly deltas: readonly string[] }
  /** Says the deltas and destroys the socket. */
  | { readonly kind: "cut_after"; readonly deltas: readonly string[] }
  /** Says the deltas, then these bytes as they are (a list: one write each), and ends. */
  | {
      readonly kind: "raw_after";
      readonly deltas: readonly string[];
      readonly raw: string | readonly Uint8Array[];
    };

export type MistralRequest = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly max_tokens?: number;
    readonly stream?: boolean;
  };
  /** Resolves when the connection is closed; true where the client closed it before the reply was whole. */
  readonly hungUp: Promise<boolean>;
};

export type MistralServer = AsyncDisposable & {
  readonly url: string;
  readonly requests: MistralRequest[];
  /** Replies to the next requests in this order; the last one is repeated. A function decides for each request. */
  readonly replyWith: (
    ...replies: readonly (MistralReply | ((request: MistralRequest) => MistralReply))[]
  ) => void;
  readonly close: () => Promise<void>;
};

/**
 * A server on loopback, on a free port, that speaks the part of Mistral's API that we use: POST /v1/chat/completions,
 * streamed. Every other path is 404, as it would be there.
 */
export async function startMistralServer(): Promise<MistralServer> {
  const requests: MistralRequest[] = [];
  let script: readonly (MistralReply | ((request: MistralRequest) => MistralReply))[] = [];
  const server = createServer(async (incoming, response) => {
    if (incoming.method !== "POST" || incoming.url !== "/v1/chat/completions") {
      response.writeHead(404, { "content-type": "application/json" }).end('{"detail":"Not Found"}');
      return;
    }
    const request = await readRequest(incoming, response);
    requests.push(request);
    const reply = script.length > 1 ? script[0] : script.at(-1);
    if (script.length > 1) script = script.slice(1);
    const chosen = typeof reply === "function" ? reply(request) : reply;
    await play(chosen ?? { kind: "status", status: 500, body: "no reply was scripted" }, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    replyWith: (...replies) => {
      script = replies;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readRequest(incoming: IncomingMessage, response: ServerResponse): Promise<MistralRequest> {
  const hungUp = once(response, "close").then(() => !response.writableFinished);
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as MistralRequest["body"];
  return { path: incoming.url ?? "", headers: incoming.headers, body, hungUp };
}

async function play(reply: MistralReply, response: ServerResponse): Promise<void> {
  if (reply.kind === "hang_before_headers") return;
  if (reply.kind === "status") {
    response
      .writeHead(reply.status, { "content-type": "application/json", ...reply.headers })
      .end(reply.body ?? "{}");
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
  for (const delta of reply.deltas) {
    if (response.destroyed) return;
    response.write(chunk({ role: "assistant", content: delta }, null));
    const betweenMs = reply.kind === "answer" ? (reply.betweenMs ?? 0) : 0;
    if (betweenMs > 0) await new Promise((resolve) => setTimeout(resolve, betweenMs));
  }
  if (reply.kind === "hang_after") return;
  if (reply.kind === "cut_after") {
    setTimeout(() => response.destroy(), 20);
    return;
  }
  if (reply.kind === "raw_after") {
    for (const part of typeof reply.raw === "string" ? [reply.raw] : reply.raw) {
      response.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
    return;
  }
  const finishReason = reply.finishReason === undefined ? "stop" : reply.finishReason;
  if (finishReason !== null) response.write(chunk({ content: "" }, finishReason));
  response.end("data: [DONE]\n\n");
}

function chunk(
  delta: { readonly role?: string; readonly content: string },
  finishReason: string | null,
): string {
  const event = {
    id: "cmpl-test",
    object: "chat.completion.chunk",
    created: 1_760_000_000,
    model: "test-model",
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  };
  return `data: ${JSON.stringify(event)}\n\n`;
}
