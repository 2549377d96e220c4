import type { DriftReport } from "./drift-report.ts";
import { formatDay } from "./format-day.ts";
import { formatPercent } from "./format-percent.ts";
import type { LivePerformance } from "./live-performance.ts";
import { describeRate } from "./live-section.ts";

/** Features that the table names. */
const namedFeatures = 10;

/** A drift report for a terminal: diagnosis, reason, the features that moved most with both modes' numbers. Plain text, no colours. */
export function renderDriftTable(report: DriftReport): string {
  const { assessment, evidently, explanation, modelVersion } = report;
  const { window, diagnosis, reason, training, chart, errors } = assessment;
  const lines = [
    `${diagnosis.toUpperCase().replaceAll("_", " ")}   ${formatDay(window.start)} to ${formatDay(window.end)}, ${window.rows} rows ` +
      `(${window.duplicates} near-duplicates counted once), model ${modelVersion}`,
    reason,
  ];
  if (training.wanted) {
    const until = training.until === null ? "" : ` until ${formatDay(training.until)}`;
    lines.push(
      training.heldBack
        ? `No training now: ${training.heldBack.replaceAll("_", " ")}${until}.`
        : "Training may begin.",
    );
  }
  if (chart) {
    if (chart.isWarmingUp) {
      const { windows = 0 } = report.comparedWith ?? {};
      const what =
        windows === 0 ? "labelled rows that were held out" : `the model's first ${windows} windows`;
      lines.push(`Warming up: compared with ${what}, and limits are widened.`);
    }
    lines.push(
      "",
      row(["feature", "weight", "distance", "usual", "z", "chart", "", "Evidently", ""]),
      ...[...chart.features]
        .filter(({ weight }) => weight > 0)
        .sort((a, b) => b.smoothed - a.smoothed)
        .slice(0, namedFeatures)
        .map((feature) => {
          const other = evidently.columns.find(({ name }) => name === feature.name);
          return row([
            feature.name,
            formatPercent(feature.weight),
            feature.distance?.toFixed(4) ?? "-",
            `${feature.usual.mean.toFixed(4)}`,
            feature.z?.toFixed(1) ?? "-",
            feature.smoothed.toFixed(2),
            feature.isFarOut ? "far out" : feature.isDrifted ? "drifted" : "",
            other ? `${other.test} ${other.score.toPrecision(3)}` : "-",
            other?.drifted ? "drifted" : "",
          ]);
        }),
      "",
      `calibrated: ${formatPercent(chart.driftShare)} of the weight drifted (limit ${formatPercent(chart.driftShareLimit)}); suite ` +
        `${chart.suite.level.toFixed(2)} of ${chart.suite.limit.toFixed(2)}, single ` +
        `${chart.single.level.toFixed(2)} of ${chart.single.limit.toFixed(2)}, queues' shares ` +
        `${chart.shares.level.toFixed(2)} of ${chart.shares.limit.toFixed(2)}; expected macro-F1 ` +
        `${chart.performance.macroF1.toFixed(3)} (usual ${chart.performance.usualMacroF1.toFixed(3)})`,
    );
  }
  const drifted = evidently.columns.filter((column) => column.drifted).length;
  lines.push(
    `evidently:  ${drifted} of ${evidently.columns.length} columns drifted (${formatPercent(evidently.driftShare)}): ` +
      `${evidently.drifted ? "drift" : "no drift"}`,
  );
  if (errors.audits > 0) {
    lines.push(
      `audits:     ${errors.errors} of ${errors.audits} wrong, evidence ${errors.sinceRestart.toPrecision(3)} of ${errors.restartLimit}` +
        (errors.suspect ? `; most against ${errors.suspect.queue}` : ""),
    );
  }
  if (report.live) lines.push(...liveLines(report.live));
  if (explanation) {
    const words = explanation.words.up.slice(0, 8).map(({ word }) => word);
    lines.push("", `words up:   ${words.join(", ")}`);
    lines.push(
      ...explanation.tickets.slice(0, 3).map(({ text }) => `  ${text.replace(/\s+/g, " ").slice(0, 110)}`),
    );
  }
  return `${lines.join("\n")}\n`;
}

function liveLines({ blind, feedback }: LivePerformance): string[] {
  const cells = (values: readonly string[]) =>
    `  ${values.map((value, at) => (at === 0 ? value.slice(0, 28).padEnd(28) : value.padStart(23))).join(" ")}`;
  const queues = blind.queues.map(({ queue, predicted, labelled, hits }) =>
    cells([queue, describeRate(hits, predicted), describeRate(hits, labelled)]),
  );
  const of = (name: string, { right, labels }: LivePerformance["blind"]) =>
    labels === 0 ? [] : [`${name}${right} of ${labels} right, ${describeRate(right, labels)}`];
  return [
    ...of("blind:      ", blind),
    ...(queues.length > 0 ? [cells(["", "precision", "recall"]), ...queues] : []),
    ...of("corrected:  ", feedback),
  ];
}

const widths = [28, 7, 9, 8, 6, 6, 8, 24, 8];

function row(cells: readonly string[]): string {
  const numbers = new Set([1, 2, 3, 4, 5]);
  return cells
    .map((cell, at) =>
      numbers.has(at) ? cell.padStart(widths[at] ?? 8) : cell.slice(0, widths[at]).padEnd(widths[at] ?? 8),
    )
    .join(" ")
    .trimEnd();
}
