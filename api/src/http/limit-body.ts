import { createMiddleware } from "hono/factory";
import { Problem } from "../problem.ts";
import { type ReadLimits, readPieces, readShort } from "./read-pieces.ts";

/** A JSON body that says it is no longer than this is read at once; on Node that is a third of a millisecond less. */
const shortBytes = 65_536;

/**
 * Reads the whole body, within limits, before anything else does; a JSON body must be UTF-8. Throws invalid_encoding, and what
 * readPieces throws.
 */
export const limitBody = (maxBytes: number) =>
  createMiddleware(async (c, next) => {
    const { raw, bodyCache } = c.req;
    const isText = isJson(c.req.header("content-type"));
    if (isText && isShort(c.req.header("content-length"))) {
      const text = decodeUtf8(await readShort(raw, { maxBytes }));
      // Hono keeps promises there, whatever its type says.
      Object.assign(bodyCache, { text: Promise.resolve(text) });
    } else if (raw.body) {
      const bytes = await readWhole(raw, { maxBytes });
      if (isText) decodeUtf8(bytes);
      c.req.raw = new Request(raw, { body: bytes });
    }
    await next();
  });

const isShort = (contentLength = "") =>
  /^\d{1,5}$/.test(contentLength) && Number(contentLength) <= shortBytes;

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

function decodeUtf8(bytes: Uint8Array | ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem(
      "invalid_encoding",
      "The body holds bytes that are no UTF-8. Convert it to UTF-8 and send it again.",
      { cause },
    );
  }
}
