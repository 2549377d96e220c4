import { readFile } from "node:fs/promises";

/** One instruction, its continued lines joined by single spaces. */
export type Instruction = { readonly name: string; readonly rest: string };

/** A Dockerfile's instructions in order, without comments. It knows what ours use, and throws at a here-document. */
export async function readDockerfile(file: string): Promise<Instruction[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => !/^\s*#/.test(line));
  const joined = lines.join("\n").replace(/\\\n\s*/g, "");
  return joined
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
      if (name === undefined || rest === undefined || /<<-?\w/.test(rest))
        throw new Error(`${file}: no instruction: ${line}`);
      return { name, rest };
    });
}
