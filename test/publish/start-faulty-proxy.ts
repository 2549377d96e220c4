import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export type FaultyProxy = {
  readonly url: string;
  /** Decides by method and path what the proxy answers in the server's place; undefined passes the request on. */
  refuse: (method: string, path: string) => number | undefined;
  readonly refused: string[];
  stop(): Promise<void>;
};

/** A proxy on loopback in front of a server of S3's interface, which refuses what it is told to. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const { hostname, port } = new URL(target);
  const server = createServer((asked, answer) => {
    const [method, path] = [asked.method ?? "GET", asked.url ?? "/"];
    const status = proxy.refuse(method, path);
    if (status !== undefined) {
      proxy.refused.push(`${method} ${path}`);
      asked.resume();
      const code = status === 403 ? "AccessDenied" : "SlowDown";
      answer.writeHead(status, { "content-type": "application/xml", connection: "close" });
      answer.end(
        `<?xml version="1.0"?><Error><Code>${code}</Code><Message>refused by the test</Message></Error>`,
      );
      return;
    }
    const onward = request({ hostname, port, method, path, headers: asked.headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse: () => undefined,
    refused: [],
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
