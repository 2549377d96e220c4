import { z } from "zod";

/**
 * fetch for the Mistral SDK, whose schema throws a whole stream away over a field that we do not read. Servers that speak this API
 * differ in them: SGLang sends `usage: null`, LiteLLM and gateways to Bedrock name a `finish_reason` in the last chunk alone, others leave
 * out `id`, `model` or `delta`. Each event of an event stream is written anew, as it arrives, with what an answer is
 * read from. What is no chunk of an answer passes as it is, for the SDK to refuse. The stream breaks off at a line of more than a million characters.
 */
export async function fetchLenientEvents(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  const isEventStream = /^\s*text\/event-stream\b/iu.test(response.headers.get("content-type") ?? "");
  if (!response.ok || !isEventStream || !response.body) return response;
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(rewriteLines()), { status, statusText, headers });
}

const longestLine = 1_000_000;

function rewriteLines(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let arrived = "";
  return new TransformStream({
    transform: (bytes, controller) => {
      arrived += decoder.decode(bytes, { stream: true });
      // A "\r" at the end may be half of "\r\n".
      const lines = arrived.split(/(?<=\n|\r(?!\n|$))/u);
      arrived = lines.at(-1)?.endsWith("\n") ? "" : (lines.pop() ?? "");
      if (arrived.length > longestLine) throw new Error("a line of the event stream has no end");
      if (lines.length > 0) controller.enqueue(encoder.encode(lines.map(rewriteLine).join("")));
    },
    // The SDK drops an event that no empty line follows.
    flush: (controller) =>
      controller.enqueue(encoder.encode(`${rewriteLine(arrived + decoder.decode())}\n\n`)),
  });
}

function rewriteLine(line: string): string {
  const [, data, end = ""] = /^data:[ ]?([^\r\n]*)([\r\n]*)$/u.exec(line) ?? [];
  if (data === undefined || data === "[DONE]") return line;
  const chunk = chunkSchema.safeParse(parseJson(data));
  return chunk.success ? `data: ${JSON.stringify(chunk.data)}${end}` : line;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const choiceSchema = z
  .object({
    delta: z.object({ content: z.union([z.string(), z.array(z.unknown())]).nullish() }).nullish(),
    finish_reason: z.string().nullish(),
  })
  .transform(({ delta, finish_reason }) => ({
    index: 0,
    delta: { content: delta?.content ?? null },
    finish_reason: finish_reason || null,
  }));

/** A chunk of an answer, or the one that counts the tokens alone. */
const chunkSchema = z
  .object({
    id: z.string().catch(""),
    model: z.string().catch(""),
    choices: z.array(choiceSchema).nullish(),
    usage: z.unknown().optional(),
    error: z.null().optional(),
  })
  .refine(({ choices, usage }) => choices !== undefined || usage)
  .transform(({ id, model, choices }) => ({ id, model, choices: choices ?? [] }));
