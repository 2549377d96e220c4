import { createMiddleware } from "hono/factory";
import { Problem } from "../problem.ts";

/**
 * Reads the body, at most `maxBytes` of it, before anything else does: a longer one is refused by its declared length, or, where
 * it declares none, as soon as it goes over. Text types must be UTF-8. Throws body_too_large, invalid_encoding,
 * unsupported_media_type (a compressed body).
 */
export const limitBody = (maxBytes: number) =>
  createMiddleware(async (c, next) => {
    refuseByHeaders(c.req.raw.headers, maxBytes);
    const { body } = c.req.raw;
    if (body) {
      const bytes = await readAtMost(body, maxBytes);
      if (isText(c.req.header("content-type"))) requireUtf8(bytes);
      c.req.raw = new Request(c.req.raw, { body: bytes });
    }
    await next();
  });

/** Refuses what the headers alone rule out: a declared length over the limit, a compressed body. */
export function refuseByHeaders(headers: Headers, maxBytes: number): void {
  if (Number(headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.trim().toLowerCase() === "identity") return;
  throw new Problem(
    "unsupported_media_type",
    "Send the body without a Content-Encoding: compressed ones are not read.",
  );
}

export function tooLarge(maxBytes: number): Problem {
  const limit =
    maxBytes >= 1_048_576 ? `${Math.floor(maxBytes / 1_048_576)} MiB` : `${Math.floor(maxBytes / 1_024)} KiB`;
  return new Problem(
    "body_too_large",
    `This route reads at most ${limit}. Send less, or in several requests.`,
    {
      headers: { connection: "close" },
    },
  );
}

async function readAtMost(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel().catch(() => {});
      throw tooLarge(maxBytes);
    }
    pieces.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

function isText(contentType = ""): boolean {
  return /^(text\/|application\/([a-z.-]+\+)?json)/i.test(contentType);
}

function requireUtf8(bytes: Uint8Array): void {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem(
      "invalid_encoding",
      "The body holds bytes that are no UTF-8. Convert it to UTF-8 and send it again.",
      {
        cause,
      },
    );
  }
}
