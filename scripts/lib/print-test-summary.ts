/**
 * print-test-summary.ts REPORT STATUS PASSED FAILED: names the suites that took longest, adds the checks that ran before the suites to vitest's
 * JSON report and prints the closing line. Exit 1 where anything failed: a suite that could not be loaded included, and what vitest's exit
 * status alone tells.
 */
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { z } from "zod";

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      startTime: z.number(),
      endTime: z.number(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

const slowestShown = 12;
const [file = "", status = "0", passedBefore = "0", failedBefore = "0"] = process.argv.slice(2);
const report = reportSchema.parse(JSON.parse(await readFile(file, "utf8")));
const slowest = report.testResults
  .map(({ name, startTime, endTime }) => ({ name: relative(process.cwd(), name), ms: endTime - startTime }))
  .sort((a, b) => b.ms - a.ms)
  .slice(0, slowestShown);
if (report.testResults.length > slowestShown) {
  console.log("The suites that took longest, two at a time:");
  for (const { name, ms } of slowest) console.log(`${(ms / 1_000).toFixed(0).padStart(6)} s  ${name}`);
}
// A suite that could not be loaded, or whose setup failed, has no failed test to count.
const broken = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed"),
).length;
const passed = Number(passedBefore) + report.numPassedTests;
const failedInSuites = report.numFailedTests + broken;
// An error outside of a test is in no suite of the report; where no file matched, there is none.
const failedOutside = status !== "0" && failedInSuites === 0 ? 1 : 0;
if (failedOutside > 0) console.log("The suites ended with an error outside of a test, or no file matched.");
const failed = Number(failedBefore) + failedInSuites + failedOutside;
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
console.log(`${passed} passed, ${failed} failed${skipped}`);
process.exitCode = failed > 0 ? 1 : 0;
