import { defineConfig } from "vitest/config";

/** What ./scripts/test-loop runs, and ./scripts/test does not: it takes hours. */
export default defineConfig({
  test: { include: ["test/loop/**/*.slow.ts"], maxWorkers: 1, env: { ORT_DISABLE_TELEMETRY: "1" } },
});
