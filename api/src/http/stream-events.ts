/** One server-sent event: its name and its data, which JSON keeps on one line. */
export type ServerSentEvent = { readonly event: string; readonly data: unknown };

export type StreamOptions = {
  /** A comment goes out after this long without an event, so that proxies keep the connection. */
  readonly heartbeatMs: number;
  /** The error event that stands in for an error after the headers. It ends the stream without [DONE]. */
  readonly toErrorEvent: (error: unknown) => ServerSentEvent;
  /** The reader is gone: stop working for it. */
  readonly onCancel: () => void;
  /** However the stream ends, once. */
  readonly onEnd: () => void;
};

/**
 * Events as the body of a text/event-stream response; `data: [DONE]` comes last when all went well. The next event is asked
 * for only when the reader wants more, so a slow reader holds at most one.
 */
export function streamEvents(
  events: AsyncIterator<ServerSentEvent, void>,
  { heartbeatMs, toErrorEvent, onCancel, onEnd }: StreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<ServerSentEvent, void>> | undefined;

  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        next ??= events.next();
        const result = await orHeartbeat(next, heartbeatMs);
        if (result === "heartbeat") return controller.enqueue(encoder.encode(": still working\n\n"));
        next = undefined;
        if (!result.done) return controller.enqueue(encoder.encode(format(result.value)));
        controller.enqueue(encoder.encode("data: [DONE]\n\n"));
      } catch (error) {
        controller.enqueue(encoder.encode(format(toErrorEvent(error))));
        // What was not waited for ends by itself, and frees what it holds.
        void events.return?.().catch(() => {});
      }
      controller.close();
      onEnd();
    },
    cancel: async () => {
      onCancel();
      next?.catch(() => {});
      await events.return?.().catch(() => {});
      onEnd();
    },
  });
}

async function orHeartbeat<Result>(
  next: Promise<Result>,
  heartbeatMs: number,
): Promise<Result | "heartbeat"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heartbeat = new Promise<"heartbeat">((resolve) => {
    timer = setTimeout(resolve, heartbeatMs, "heartbeat");
  });
  try {
    return await Promise.race([next, heartbeat]);
  } finally {
    clearTimeout(timer);
  }
}

function format({ event, data }: ServerSentEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
