import { readFile } from "node:fs/promises";
import { z } from "zod";
import { CliError } from "../cli-error.ts";

/**
 * Every line of a JSONL file, parsed by `schema`; empty lines are passed over. Rejects with CliError, which names file,
 * line and reason, at the first line that is no JSON or does not fit.
 */
export async function readJsonLines<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new CliError(`${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  });
  return text
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" ? [] : [parseLine(line, schema, `${path}:${index + 1}`)]));
}

function parseLine<T>(line: string, schema: z.ZodType<T>, place: string): T {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new CliError(
      `${place} is no JSON: ${cause instanceof Error ? cause.message : cause}. Mend the line.`,
      { cause },
    );
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new CliError(`${place} is not a row of this kind:\n${z.prettifyError(parsed.error)}\nMend the line.`);
}
