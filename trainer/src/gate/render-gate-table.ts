import type { GateCheck, GateReport } from "./gate-report.ts";

const marks: Readonly<Record<GateCheck["status"], string>> = {
  passed: "passed",
  failed: "FAILED",
  could_not_run: "could not run",
};

/** A gate report for a terminal: the verdict, each check with what was found, and what a person should know. Plain text, no colours. */
export function renderGateTable(report: GateReport): string {
  const { candidate, serving, checks, rows } = report;
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const against = report.comparedWith === "baseline" ? "the linear baseline" : (serving?.version ?? "none");
  return [
    `${report.passed ? "PASSED" : "REFUSED"}   ${candidate?.version ?? "a bundle that cannot be read"} against ${against}: ` +
      `${rows.holdout} rows held out, ${rows.recentTickets} recent tickets, ${rows.recentBlind} blind labels`,
    report.reason,
    "",
    ...checks.map(
      ({ key, name, status, why }) =>
        `key ${key}  ${name.padEnd(nameWidth)}  ${marks[status].padEnd(13)}  ${why}`,
    ),
    ...(report.notes.length > 0 ? ["", ...report.notes] : []),
  ].join("\n");
}
