import { readFile } from "node:fs/promises";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { CliError } from "../cli-error.ts";

/**
 * One top-level block of a params file, by its schema. Rejects with CliError where the file cannot be read, or the block is missing or malformed; the
 * message names the key.
 */
export async function readParamsBlock<Block>(
  path: string,
  name: string,
  schema: z.ZodType<Block>,
): Promise<Block> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new CliError(`${path} cannot be read: give the parameters' file by --params.`, { cause });
  });
  const parsed = z.looseObject({ [name]: schema }).safeParse(parseYaml(path, text));
  const block = parsed.data?.[name];
  if (block !== undefined) return block as Block;
  const why = parsed.error ? z.prettifyError(parsed.error) : `it has no block "${name}"`;
  throw new CliError(
    `${path} does not hold the parameters of "${name}":\n${why}\nMend the file and run this again.`,
  );
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new CliError(`${path} is no YAML: ${error.message}\nMend the file and run this again.`);
  }
}
