import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { startProgram } from "./start-program.ts";

const place = { env: { PATH: process.env.PATH ?? "" }, cwd: tmpdir(), readyPath: "/" };

test.each([
  ["that is not installed", "no-such-program", [], "ENOENT"],
  ["that ends at once", "sh", ["-c", "echo the port is taken >&2; exit 1"], "the port is taken"],
])("a program %s is no server, and the error has its words", async (_, program, args, said) => {
  await expect(startProgram(program, () => args, place)).rejects.toThrow(said);
});
