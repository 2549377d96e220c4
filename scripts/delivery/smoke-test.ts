import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { callApi } from "./call-api.ts";
import { DeliveryError } from "./delivery-error.ts";
import { readServedVersion, type ServedVersion } from "./read-served-version.ts";

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
 * Asks a deployed API what it serves, several times over, and one question. Gives a line for people. Rejects with DeliveryError: (2) where
 * an answer is wrong or was not recorded, (1) where there is none.
 */
export async function smokeTest(test: SmokeTest): Promise<string> {
  const { url, question, key } = test;
  const version = await waitUntilServed(test);
  const answer = await callApi(new URL("/ask", url), answerSchema, { body: { question }, key });
  if (answer.model_version !== version.model_version) {
    throw new DeliveryError(
      2,
      `${url} answered /ask with model ${answer.model_version}, and /version names ${version.model_version}.`,
    );
  }
  const degraded = answer.degraded.join(", ");
  if (answer.prediction_id === null) {
    throw new DeliveryError(
      2,
      `${url} answered and recorded nothing (degraded: ${degraded || "no reason given"}): see that its database can be reached.`,
    );
  }
  return `${url} serves ${answer.model_version}: ${answer.action}, queue ${answer.predicted_queue}${degraded && `, degraded: ${degraded}`}`;
}

/** Resolves when so many looks in a row found the wanted bundle; rejects when patience ends before. */
async function waitUntilServed({
  url,
  bundleHash,
  patienceMs,
  pollMs = 2_000,
}: SmokeTest): Promise<ServedVersion> {
  const deadline = Date.now() + patienceMs;
  let inRow = 0;
  for (;;) {
    const seen = await readServedVersion(url).catch((error: unknown) => error as Error);
    if (!(seen instanceof Error) && seen.bundle_hash === bundleHash) {
      inRow += 1;
      if (inRow === looks) return seen;
      continue;
    }
    inRow = 0;
    if (Date.now() >= deadline) {
      if (seen instanceof Error) throw seen;
      throw new DeliveryError(2, `${url} serves the bundle ${seen.bundle_hash}; ${bundleHash} was deployed.`);
    }
    await sleep(pollMs);
  }
}
