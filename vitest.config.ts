import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "shared/src/**/*.test.ts",
      "api/src/**/*.test.ts",
      "trainer/src/**/*.test.ts",
      "test/**/*.test.ts",
    ],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    isolate: true,
    // What tests load themselves; programs that they start switch it off by themselves (shared/src/node/without-telemetry.ts).
    env: { ORT_DISABLE_TELEMETRY: "1" },
  },
});
