import { expect, test } from "vitest";
import { describeCommand } from "./describe-command.ts";
import { runProcess } from "./run-process.ts";

test("what is printed, typed into a shell, runs the same command", async () => {
  const words = ["plain", "two words", "it's", "$HOME", "a;b", "", "https://host/a?b=c&d", "*"];
  const command = describeCommand("printf", ["%s\\n", ...words]);
  const options = {
    cwd: "/",
    env: { PATH: process.env.PATH ?? "" },
    timeoutMs: 20_000,
    output: "capture",
  } as const;
  expect((await runProcess("sh", ["-c", command], options)).stdout).toBe(words.join("\n"));
});
