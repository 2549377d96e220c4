import { Parser } from "htmlparser2";

/**
 * The charset that an HTML page declares in a meta element within its first 1,024 bytes (HTML standard, "prescan a byte stream to
 * determine its encoding"); null where there is none that is known.
 */
export function htmlCharset(bytes: Uint8Array): string | null {
  let charset: string | null = null;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === "meta") charset ??= known(attributes.charset) ?? known(contentCharset(attributes));
    },
  });
  parser.end(new TextDecoder("latin1").decode(bytes.subarray(0, 1024)));
  return charset;
}

function contentCharset(attributes: Readonly<Record<string, string>>): string | undefined {
  if (attributes["http-equiv"]?.toLowerCase() !== "content-type") return undefined;
  return /charset\s*=\s*["']?([^\s"';]+)/i.exec(attributes.content ?? "")?.[1];
}

function known(label: string | undefined): string | null {
  if (label === undefined) return null;
  try {
    const { encoding } = new TextDecoder(label);
    // Whoever could read the declaration byte by byte reads no UTF-16.
    return encoding.startsWith("utf-16") ? "utf-8" : encoding;
  } catch {
    return null;
  }
}
