import { defaultExclude, defineConfig } from "vitest/config";

// Suites that take many minutes by themselves: ./scripts/test-loop runs them, and docs/cycle.md says when they ran last.
const slow = "**/*.slow.test.ts";
const runsSlow = process.env.TEST_SUITES === "slow";

export default defineConfig({
  test: {
    include: runsSlow
      ? [slow]
      : ["shared/src/**/*.test.ts", "api/src/**/*.test.ts", "trainer/src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: runsSlow ? defaultExclude : [...defaultExclude, slow],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: runsSlow ? 1 : 2,
    isolate: true,
  },
});
