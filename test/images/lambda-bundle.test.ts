// The folder that ./scripts/build-lambda makes, in a process that may read that folder and nothing of this repository.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { generateKey } from "../../api/src/auth/generate-key.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { modelDir } from "../http/create-real-app.ts";
import { gatewayEvent } from "../http/lambda-events.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = fileURLToPath(new URL("../../scripts/lambda/call-handler.ts", import.meta.url));
const reportSchema = z.object({
  answers: z.array(z.object({ statusCode: z.int(), body: z.string() })),
});

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "lambda-")));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(args: string[], env: Record<string, string>, input = "") {
  const child = spawn(process.execPath, args, { cwd: "/", env });
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

test("the built folder answers an event with nothing of the repository in sight, and keeps within Lambda's limit", async () => {
  const url = await createTestDatabase();
  const build = await run([join(root, "scripts/build-lambda.ts"), "--out", folder, "--no-zip"], {
    MODEL_DIR: modelDir,
  });
  expect(build.stderr).toBe("");
  expect(JSON.parse(build.stdout).bytes).toBeLessThan(250 * 1_024 * 1_024);

  const { key, hash } = await generateKey();
  const ask = gatewayEvent("POST", "/ask", JSON.stringify({ question: "Mon VPN ne marche pas" }));
  const events = [
    gatewayEvent("GET", "/readyz"),
    { ...ask, headers: { ...ask.headers, authorization: `Bearer ${key}` } },
    gatewayEvent("GET", "/docs"),
  ];
  const sealed = [
    "--permission",
    `--allow-fs-read=${folder}`,
    `--allow-fs-read=${program}`,
    "--allow-worker",
    "--allow-addons",
  ];
  const env = { DATABASE_URL: url, FIRST_ADMIN_KEY_SHA256: hash };
  const { code, stdout, stderr } = await run([...sealed, program, folder], env, JSON.stringify(events));
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining("Error") });
  const { answers } = reportSchema.parse(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? ""));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  expect(JSON.parse(answers[1]?.body ?? "")).toMatchObject({
    predicted_queue: "Network / Infrastructure",
    prediction_id: expect.any(String),
  });
  expect(await readdir(join(folder, "node_modules/onnxruntime-node/bin/napi-v6"))).toEqual(["linux"]);
});
