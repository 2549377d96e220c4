import { z } from "zod";
import { DeliveryError } from "./delivery-error.ts";
import { fetchText } from "./fetch-text.ts";
import { parseJson } from "./parse-json.ts";

type Posted = { readonly body: unknown; readonly key: string | undefined };

/**
 * One request to a deployed API: a GET, or a POST of `posted`. Rejects with DeliveryError: (1) no answer, (2) one that is refused or that the schema
 * does not know. The key is never part of a message.
 */
export async function callApi<Schema extends z.ZodType>(
  address: URL,
  schema: Schema,
  posted?: Posted,
): Promise<z.infer<Schema>> {
  // A kept connection would reach the same instance again.
  const headers = new Headers({ connection: "close" });
  if (posted) headers.set("content-type", "application/json");
  if (posted?.key) headers.set("authorization", `Bearer ${posted.key}`);
  const { status, isOk, text } = await fetchText(address, {
    headers,
    ...(posted ? { method: "POST", body: JSON.stringify(posted.body) } : {}),
    timeoutMs: 90_000,
  });
  if (!isOk) {
    const isKeyMissing = status === 401 || status === 403;
    const hint = isKeyMissing ? " SUPPORT_IT_AGENT_KEY must hold a key that may do this." : "";
    throw new DeliveryError(2, `${address.href} answered ${status}: ${text.slice(0, 300)}${hint}`);
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new DeliveryError(
    2,
    `${address.href} answered in another form than this version knows: ${z.prettifyError(parsed.error)}`,
  );
}
