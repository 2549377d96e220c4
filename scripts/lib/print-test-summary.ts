/**
 * print-test-summary.ts REPORT PASSED FAILED: adds the checks that ran before the suites to vitest's JSON report and prints
 * the closing line. Exit 1 where anything failed, a suite that could not be loaded included.
 */
import { readFile } from "node:fs/promises";
import { z } from "zod";

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});

const [file = "", passedBefore = "0", failedBefore = "0"] = process.argv.slice(2);
const report = reportSchema.parse(JSON.parse(await readFile(file, "utf8")));
// A suite that could not be loaded, or whose setup failed, has no failed test to count.
const broken = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed"),
).length;
const passed = Number(passedBefore) + report.numPassedTests;
const failed = Number(failedBefore) + report.numFailedTests + broken;
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
console.log(`${passed} passed, ${failed} failed${skipped}`);
process.exitCode = failed > 0 ? 1 : 0;
