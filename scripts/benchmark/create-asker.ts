import { Agent, type IncomingMessage, request } from "node:http";

/** What the benchmark reads of one answer. */
export type Asked = { readonly durationMs: number; readonly action: string };

const timeoutMs = 30_000;

/**
 * Asks one question over HTTP and waits for the whole answer; `connections` of them at once at most, kept alive. Rejects with what the
 * server said where the answer is no 200.
 */
export function createAsker(
  url: string,
  connections: number,
): { ask(question: string): Promise<Asked>; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const ask = (question: string) =>
    new Promise<Asked>((resolve, reject) => {
      const body = Buffer.from(JSON.stringify({ question }));
      const headers = { "content-type": "application/json", "content-length": body.byteLength };
      const startedMs = performance.now();
      const sent = request(
        `${url}/ask`,
        { agent, method: "POST", headers, timeout: timeoutMs },
        (response) => {
          read(response).then((text) => {
            const durationMs = performance.now() - startedMs;
            if (response.statusCode !== 200)
              reject(new Error(`/ask answered ${response.statusCode}: ${text}`));
            else if (text.includes('"prediction_id":null')) reject(new Error(`/ask is degraded: ${text}`));
            else resolve({ durationMs, action: describe(text) });
          }, reject);
        },
      );
      sent.on("timeout", () => sent.destroy(new Error(`/ask gave no answer within ${timeoutMs} ms`)));
      sent.on("error", reject);
      sent.end(body);
    });
  return { ask, close: () => agent.destroy() };
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** "answer", or the reason of the hand-off. Cheaper than parsing: this runs on the cores that are measured. */
function describe(text: string): string {
  return /"hand_off_reason":"(\w+)"/.exec(text)?.[1] ?? "answer";
}
