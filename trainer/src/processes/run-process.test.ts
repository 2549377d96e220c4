import { expect, test } from "vitest";
import { runProcess } from "./run-process.ts";

const env = { PATH: process.env.PATH ?? "" };
const options = { cwd: "/", env, timeoutMs: 20_000, output: "capture" } as const;
const node = (code: string) => [process.execPath, ["-e", code]] as const;

test("stdout and an exit code other than 0 are answers", async () => {
  const answer = await runProcess(...node("console.log(1 + 1); process.exit(3)"), options);
  expect(answer).toEqual({ exitCode: 3, stdout: "2" });
});

test("the child sees the environment that was named and nothing else", async () => {
  process.env.NOT_FOR_CHILDREN = "secret";
  const { stdout } = await runProcess(
    ...node("console.log(process.env.NOT_FOR_CHILDREN ?? 'none')"),
    options,
  );
  expect(stdout).toBe("none");
});

test("a child that takes too long is stopped, and the message says so", async () => {
  const endless = runProcess(...node("setInterval(() => {}, 1000)"), { ...options, timeoutMs: 300 });
  await expect(endless).rejects.toThrow("did not end within 0.3 s");
});

test("an aborted child is stopped", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  const endless = runProcess(...node("setInterval(() => {}, 1000)"), {
    ...options,
    signal: controller.signal,
  });
  await expect(endless).rejects.toThrow("was stopped");
});

test("a program that is not there is named", async () => {
  await expect(runProcess("no-such-program", [], options)).rejects.toThrow(
    "no-such-program could not be started",
  );
});
