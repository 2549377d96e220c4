import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { DeliveryError } from "./delivery-error.ts";

export type SmokeTest = {
  /** Where the API answers. */
  readonly url: string;
  /** What it must serve. */
  readonly bundleHash: string;
  readonly question: string;
  /** With the scope ask, where keys exist. */
  readonly key: string | undefined;
  /** How long the way to it may still lead to the version before, or nowhere. */
  readonly patienceMs: number;
  readonly pollMs?: number;
};

const versionSchema = z.object({ model_version: z.string(), bundle_hash: z.string() });
const answerSchema = z.object({
  prediction_id: z.string().nullable(),
  predicted_queue: z.string().min(1),
  action: z.enum(["answer", "hand_off"]),
  model_version: z.string(),
  degraded: z.array(z.string()),
});

/** Behind a Service each connection may reach another instance. */
const looks = 5;

/**
 * Asks a deployed API what it serves, several times over, and one question. Gives a line for people. Rejects with DeliveryError (2) where
 * the answer is wrong, and (1) where there is none.
 */
export async function smokeTest({
  url,
  bundleHash,
  question,
  key,
  patienceMs,
  pollMs = 2_000,
}: SmokeTest): Promise<string> {
  const deadline = Date.now() + patienceMs;
  let inRow = 0;
  let version: z.infer<typeof versionSchema> | undefined;
  while (inRow < looks) {
    const seen = await call(url, "/version", versionSchema).catch((error: unknown) => error);
    const isRight =
      !(seen instanceof Error) && (seen as z.infer<typeof versionSchema>).bundle_hash === bundleHash;
    if (isRight) {
      version = seen as z.infer<typeof versionSchema>;
      inRow += 1;
      continue;
    }
    inRow = 0;
    if (Date.now() > deadline) {
      if (seen instanceof Error) throw seen;
      const { bundle_hash: served } = seen as z.infer<typeof versionSchema>;
      throw new DeliveryError(2, `${url} serves the bundle ${served}; ${bundleHash} was deployed.`);
    }
    await sleep(pollMs);
  }

  const answer = await call(url, "/ask", answerSchema, { question, key });
  if (answer.model_version !== version?.model_version) {
    throw new DeliveryError(
      2,
      `/ask was answered by model ${answer.model_version}, and /version names ${version?.model_version}.`,
    );
  }
  if (answer.prediction_id === null) {
    throw new DeliveryError(
      2,
      `/ask was answered and not recorded (degraded: ${answer.degraded.join(", ") || "no reason given"}): see that the database is reached.`,
    );
  }
  const less = answer.degraded.length > 0 ? `, degraded: ${answer.degraded.join(", ")}` : "";
  return `${url} serves ${answer.model_version}: ${answer.action}, queue ${answer.predicted_queue}${less}`;
}

type Body = { readonly question: string; readonly key: string | undefined };

async function call<Schema extends z.ZodType>(
  url: string,
  path: string,
  schema: Schema,
  body?: Body,
): Promise<z.infer<Schema>> {
  const address = new URL(path, url);
  const response = await fetch(address, {
    // A kept connection would ask the same instance again.
    headers: {
      connection: "close",
      ...(body ? { "content-type": "application/json" } : {}),
      ...(body?.key ? { authorization: `Bearer ${body.key}` } : {}),
    },
    ...(body ? { method: "POST", body: JSON.stringify({ question: body.question }) } : {}),
    signal: AbortSignal.timeout(90_000),
  }).catch((cause: unknown) => {
    throw new DeliveryError(1, `${address.href} gave no answer. See that it can be reached from here.`, {
      cause,
    });
  });
  const text = await response.text();
  if (!response.ok) {
    const hint =
      response.status === 401 || response.status === 403
        ? " SUPPORT_IT_AGENT_KEY must hold a key with the scope ask."
        : "";
    throw new DeliveryError(2, `${address.href} answered ${response.status}: ${text.slice(0, 300)}${hint}`);
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new DeliveryError(
    2,
    `${address.href} answered with something else than this version does: ${z.prettifyError(parsed.error)}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
