import { Problem } from "../problem.ts";

export type ReadLimits = {
  readonly maxBytes: number;
  /** A sender that is silent for this long is given up. */
  readonly idleMs?: number;
};

/**
 * The pieces of a body as they come in, at most `maxBytes` of them. A longer body is refused by its declared length, or,
 * where it declares none, as soon as it goes over. Throws body_too_large, deadline_exceeded, unsupported_media_type (a
 * compressed body).
 */
export async function* readPieces(
  request: Request,
  { maxBytes, idleMs = 30_000 }: ReadLimits,
): AsyncGenerator<Uint8Array, void> {
  refuseByHeaders(request.headers, maxBytes);
  const reader = request.body?.getReader();
  if (!reader) return;
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await orIdle(reader.read(), idleMs);
      if (done) return;
      length += value.byteLength;
      if (length > maxBytes) throw tooLarge(maxBytes);
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/**
 * A body whose declared length is known to be short, in one read. The length is checked again, since a runtime may not hold senders to
 * what they declare. Throws what readPieces throws.
 */
export async function readShort(
  request: Request,
  { maxBytes, idleMs = 30_000 }: ReadLimits,
): Promise<ArrayBuffer> {
  refuseByHeaders(request.headers, maxBytes);
  const bytes = await orIdle(request.arrayBuffer(), idleMs);
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

function refuseByHeaders(headers: Headers, maxBytes: number): void {
  if (Number(headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.trim().toLowerCase() === "identity") return;
  throw new Problem(
    "unsupported_media_type",
    "Send the body without a Content-Encoding: compressed ones are not read.",
  );
}

function tooLarge(maxBytes: number): Problem {
  const limit =
    maxBytes >= 1_000_000 ? `${Math.floor(maxBytes / 1_000_000)} MB` : `${Math.floor(maxBytes / 1_000)} kB`;
  return new Problem(
    "body_too_large",
    `This route reads at most ${limit}. Send less, or in several requests.`,
    {
      headers: { connection: "close" },
    },
  );
}

async function orIdle<Result>(read: Promise<Result>, idleMs: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const idle = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new Problem("deadline_exceeded", `No more of the body came for ${idleMs / 1_000} s. Send it again.`),
      );
    }, idleMs);
  });
  try {
    return await Promise.race([read, idle]);
  } finally {
    clearTimeout(timer);
  }
}
