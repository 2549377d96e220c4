import { z } from "zod";
import { DeliveryError } from "./delivery-error.ts";

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
  const response = await fetch(address, {
    headers,
    ...(posted ? { method: "POST", body: JSON.stringify(posted.body) } : {}),
    signal: AbortSignal.timeout(90_000),
  }).catch((cause: unknown) => {
    throw new DeliveryError(1, `${address.href} gave no answer. See that it can be reached from here.`, {
      cause,
    });
  });
  const text = await response.text();
  if (!response.ok) {
    const isKeyMissing = response.status === 401 || response.status === 403;
    const hint = isKeyMissing ? " SUPPORT_IT_AGENT_KEY must hold a key that may do this." : "";
    throw new DeliveryError(2, `${address.href} answered ${response.status}: ${text.slice(0, 300)}${hint}`);
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new DeliveryError(
    2,
    `${address.href} answered in another form than this version knows: ${z.prettifyError(parsed.error)}`,
  );
}

/** Undefined where it is none: the schema says so then. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
