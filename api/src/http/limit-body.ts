import { createMiddleware } from "hono/factory";
import { Problem } from "../problem.ts";
import { type ReadLimits, readPieces } from "./read-pieces.ts";

/**
 * Reads the whole body, within limits, before anything else does; a JSON body must be UTF-8. Throws invalid_encoding, and what
 * readPieces throws.
 */
export const limitBody = (maxBytes: number) =>
  createMiddleware(async (c, next) => {
    if (c.req.raw.body) {
      const bytes = await readWhole(c.req.raw, { maxBytes });
      if (isJson(c.req.header("content-type"))) requireUtf8(bytes);
      c.req.raw = new Request(c.req.raw, { body: bytes });
    }
    await next();
  });

async function readWhole(request: Request, limits: ReadLimits): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readPieces(request, limits)) pieces.push(piece);
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

const isJson = (contentType = "") => /^application\/([a-z.-]+\+)?json/i.test(contentType);

function requireUtf8(bytes: Uint8Array): void {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem(
      "invalid_encoding",
      "The body holds bytes that are no UTF-8. Convert it to UTF-8 and send it again.",
      { cause },
    );
  }
}
