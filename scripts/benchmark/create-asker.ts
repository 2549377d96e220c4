import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What the benchmark reads of one answer. */
export type Asked = { readonly durationMs: number; readonly action: string };

const timeoutMs = 30_000;

/**
 * Asks one question over HTTP and waits for the whole answer, on connections that are kept alive: as many as there were questions at once.
 * Rejects with what the server said where the answer is no 200. It speaks HTTP/1.1 itself, to our server alone: node:http takes five
 * times as long for a request, and whatever this takes is missing on the cores that are measured.
 */
export function createAsker(url: string): { ask(question: string): Promise<Asked>; close(): void } {
  const { hostname, port, host } = new URL(url);
  const free: Socket[] = [];
  const open = async (): Promise<Socket> => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, "connect");
    return socket;
  };
  const ask = async (question: string): Promise<Asked> => {
    const body = JSON.stringify({ question });
    const length = Buffer.byteLength(body);
    const head = `POST /ask HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
    const socket = free.pop() ?? (await open());
    const startedMs = performance.now();
    const answer = readAnswer(socket);
    socket.write(head + body);
    const { status, text } = await answer;
    const durationMs = performance.now() - startedMs;
    free.push(socket);
    if (status !== 200) throw new Error(`/ask answered ${status}: ${text}`);
    if (text.includes('"prediction_id":null')) throw new Error(`/ask is degraded: ${text}`);
    return { durationMs, action: describe(text) };
  };
  return {
    ask,
    close: () => {
      for (const socket of free) socket.destroy();
    },
  };
}

/** The next answer on the connection, whose length the server names before the body. */
function readAnswer(socket: Socket): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      socket.off("data", onData).off("close", onClose).off("error", onError);
      finish();
    };
    const onError = (error: Error) => {
      socket.destroy();
      settle(() => reject(error));
    };
    const onClose = () => onError(new Error("The server closed the connection before its answer was whole."));
    const onData = (piece: Buffer) => {
      received = received.byteLength === 0 ? piece : Buffer.concat([received, piece]);
      const headLength = received.indexOf("\r\n\r\n") + 4;
      if (headLength < 4) return;
      const head = received.toString("latin1", 0, headLength);
      const bodyLength = /^content-length: *(\d+)/im.exec(head)?.[1];
      if (bodyLength === undefined) onError(new Error(`The server named no content-length: ${head}`));
      else if (received.byteLength >= headLength + Number(bodyLength))
        settle(() =>
          resolve({ status: Number(head.slice(9, 12)), text: received.toString("utf8", headLength) }),
        );
    };
    const timer = setTimeout(
      () => onError(new Error(`/ask gave no answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    socket.on("data", onData).on("close", onClose).on("error", onError);
  });
}

/** "answer", or the reason of the hand-off. Cheaper than parsing: this runs on the cores that are measured. */
function describe(text: string): string {
  return /"hand_off_reason":"(\w+)"/.exec(text)?.[1] ?? "answer";
}
