import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
// biome-ignore lint/style/noRestrictedImports: the relay speaks to PostgreSQL as Neon's proxy does, not through the code under test
import { Client, DatabaseError } from "pg";
import { createWebSocketStream, WebSocketServer } from "ws";
import type { NeonOptions } from "../../shared/src/database/open-neon.ts";

export type NeonRelay = {
  /** What openNeon needs to find the relay instead of Neon's own proxy. */
  readonly options: NonNullable<NeonOptions["relay"]>;
  stop(): Promise<void>;
};

/**
 * Starts what Neon's proxy is to @neondatabase/serverless, in front of any PostgreSQL: POST /sql answers one statement in
 * JSON, and a WebSocket at /v2?address=host:port carries the wire protocol. For tests: it takes one relay a process.
 */
export async function startNeonRelay(): Promise<NeonRelay> {
  const server = createServer((request, response) => void answerStatement(request, response));
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, request) => {
    const address = new URL(request.url ?? "", "http://relay").searchParams.get("address") ?? "";
    const [host, port] = address.split(":");
    const upstream = connect(Number(port), host);
    const downstream = createWebSocketStream(socket);
    downstream.pipe(upstream).pipe(downstream);
    upstream.on("error", () => socket.terminate());
    upstream.on("close", () => socket.terminate());
    downstream.on("error", () => upstream.destroy());
    downstream.on("close", () => upstream.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  return {
    options: {
      fetchEndpoint: `http://127.0.0.1:${address.port}/sql`,
      wsProxy: (host, port) => `127.0.0.1:${address.port}/v2?address=${host}:${port}`,
      useSecureWebSocket: false,
      pipelineTLS: false,
      pipelineConnect: false,
    },
    stop: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/**
 * One statement a request, on a connection of its own. Values come back as PostgreSQL's text: the driver parses them. What
 * PostgreSQL says of a statement is status 400 with its fields; not reaching PostgreSQL is a 500 in words.
 */
async function answerStatement(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const client = new Client({ connectionString: String(request.headers["neon-connection-string"]) });
  client.on("error", () => {});
  response.on("close", () => void client.end().catch(() => {}));
  try {
    const { query, params } = JSON.parse(await readBody(request));
    await client.connect();
    const result = await client.query({
      text: query,
      values: params,
      rowMode: "array",
      types: { getTypeParser: () => (value: string) => value },
    });
    const { command, rowCount, rows, fields } = result;
    send(response, 200, JSON.stringify({ command, rowCount, rows, fields, rowAsArray: true }));
  } catch (error) {
    if (error instanceof DatabaseError) {
      send(response, 400, JSON.stringify({ ...error, message: error.message }));
    } else {
      send(response, 500, `could not reach the database: ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  return body;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}
