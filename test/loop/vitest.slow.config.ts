import { defineConfig } from "vitest/config";

/** What ./scripts/test-loop runs, and ./scripts/test does not: it takes an hour. */
export default defineConfig({
  test: { include: ["test/loop/**/*.slow.ts"], maxWorkers: 1 },
});
