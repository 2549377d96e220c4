import type { SuspectQueue } from "../drift/assess-errors.ts";
import type { ChartReading, FeatureDrift } from "../drift/assess-window.ts";
import type { DriftReport } from "./drift-report.ts";
import { escapeHtml } from "./escape-html.ts";
import { formatDay } from "./format-day.ts";
import { formatPercent } from "./format-percent.ts";
import { liveSection } from "./live-section.ts";
import { plotBars } from "./plot-bars.ts";
import { plotLevels } from "./plot-levels.ts";
import { plotShares } from "./plot-shares.ts";
import { reportStyle } from "./report-style.ts";

/** Features that get a plot: those that moved most. The table has all. */
const plottedFeatures = 12;

/** Features that did not move are folded away from this row of the table on. */
const shownFeatures = 15;

/**
 * A drift report as one self-contained HTML page: no script, no font, no address outside; plots are SVG with a text for those who do not see
 * them, colours follow the reader's light or dark setting and never stand alone. All that people wrote is escaped.
 */
export function renderDriftPage(report: DriftReport): string {
  const { assessment, modelVersion, history } = report;
  const { window, diagnosis, reason, chart } = assessment;
  const words = diagnosis.replaceAll("_", " ");
  const title = `Drift report, ${formatDay(window.start)} to ${formatDay(window.end)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: ${words}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
<p class="verdict ${diagnosis}"><strong>${words}</strong> ${escapeHtml(reason)}</p>
<dl class="facts">
${fact("Rows", `${window.rows} (${window.duplicates} near-duplicates counted once)`)}
${fact("Model", modelVersion)}
${fact("Reference", describeReference(report))}
${fact("Training", describeTraining(report))}
${chart ? fact("Expected macro-F1", `${chart.performance.macroF1.toFixed(3)}, usually ${chart.performance.usualMacroF1.toFixed(3)} (no labels needed; trust its drops only)`) : ""}
${report.comparedWith?.otherModels ? fact("Left out", `${report.comparedWith.otherModels} predictions of other models`) : ""}
${assessment.errors.audits > 0 ? fact("Audited", `${assessment.errors.errors} of ${assessment.errors.audits} wrong; evidence of a rise ${assessment.errors.sinceRestart.toPrecision(3)}, limit ${assessment.errors.restartLimit}${describeSuspect(assessment.errors.suspect)}`) : ""}
</dl>
</header>
${alerts(report)}
<section><h2>The chart and its limit</h2>
<p>The level that features worth ${formatPercent(chart?.driftShareLimit ?? 0.3)} of the model's weight have reached, in deviations above what is usual. An
alarm needs several of the last windows at or above the limit (drift.chart.persistence in params.yaml). A queue's share is followed over two to six windows, in deviations of their sum, and
one window at or above the limit is an alarm.</p>
${plotLevels("Suite", history, ({ suite }) => suite)}
${plotLevels("Largest single feature", history, ({ single }) => single)}
${plotLevels("Largest move of a queue's share", history, ({ shares }) => shares)}
</section>
<section><h2>Predicted queues over time</h2>${plotShares(history)}</section>
${liveSection(report.live)}
${explanationSection(report)}
${chart ? featureSection(report, chart.features) : ""}
</main>
</body>
</html>
`;
}

function describeSuspect(suspect: SuspectQueue | null): string {
  return suspect ? `; most against ${suspect.queue}, ${suspect.errors} of ${suspect.audits} wrong` : "";
}

function describeReference({ assessment: { chart }, comparedWith }: DriftReport): string {
  if (chart === null) return "not compared";
  if (comparedWith === null) return describeChunks(chart);
  const { windows, rows } = comparedWith;
  const what =
    windows === 0
      ? `${rows} labelled rows that were held out`
      : `the model's first ${windows} windows without an alarm, ${rows} rows`;
  return `${what}; ${describeChunks(chart)}`;
}

function describeChunks({ isWarmingUp, realChunks }: ChartReading): string {
  return isWarmingUp
    ? "warming up: limits are widened until there is more live history"
    : `${realChunks} chunks of history, each compared with all others`;
}

function describeTraining({ assessment: { training } }: DriftReport): string {
  if (!training.wanted) return "no reason to train";
  if (training.heldBack === null) return "may begin";
  const until = training.until === null ? "" : ` until ${formatDay(training.until)}`;
  return `held back: ${training.heldBack.replaceAll("_", " ")}${until}`;
}

function alerts({ assessment: { faults, bursts } }: DriftReport): string {
  const items = [
    ...faults.map(
      ({ kind, subject, share, limit }) =>
        `${kind.replaceAll("_", " ")}: ${subject}, ${formatPercent(share)} (limit ${formatPercent(limit)})`,
    ),
    ...bursts.map(
      ({ hour, rows, text }) =>
        `${rows} alike within the hour of ${new Date(hour).toISOString().slice(0, 16)}: ${text.slice(0, 160)}`,
    ),
  ];
  if (items.length === 0) return "";
  return `<section><h2>To look at</h2><ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul></section>`;
}

function explanationSection({ explanation }: DriftReport): string {
  if (explanation === null) return "";
  const { domainClassifier, maximumMeanDiscrepancy, words, tickets } = explanation;
  const rows = [...words.up, ...words.down].map(
    ({ word, referenceShare, windowShare, z }) =>
      `<tr><th scope="row">${escapeHtml(word)}</th><td>${formatPercent(referenceShare)}</td><td>${formatPercent(windowShare)}</td><td>${z.toFixed(1)}</td></tr>`,
  );
  return `<section><h2>What moved most</h2>
<p>${domainClassifier ? `A classifier tells this window from the reference with an AUC of ${domainClassifier.value.toFixed(3)} (.5: it cannot). ` : ""}${
    maximumMeanDiscrepancy
      ? `MMD<sup>2</sup> ${maximumMeanDiscrepancy.value.toPrecision(3)}, p ${maximumMeanDiscrepancy.pValue?.toPrecision(2)}.`
      : ""
  }</p>
<div class="columns">
<div><h3>Tickets least like before</h3><ol>${tickets
    .map(({ text, queue }) => `<li><span class="queue">${escapeHtml(queue)}</span> ${escapeHtml(text)}</li>`)
    .join("")}</ol></div>
<div><h3>Words</h3><table><thead><tr><th scope="col">word</th><th scope="col">before</th><th scope="col">now</th><th scope="col">z</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>
</div></section>`;
}

function featureSection({ profiles, evidently }: DriftReport, features: readonly FeatureDrift[]): string {
  const ranked = [...features].sort((a, b) => b.smoothed - a.smoothed);
  const plots = ranked
    .slice(0, plottedFeatures)
    .flatMap(({ name }) => profiles.filter((profile) => profile.name === name));
  const rowOf = (feature: FeatureDrift) => {
    const other = evidently.columns.find(({ name }) => name === feature.name);
    const verdict = feature.isFarOut ? "far out" : feature.isDrifted ? "drifted" : "";
    return `<tr${verdict ? ' class="moved"' : ""}><th scope="row">${escapeHtml(feature.name)}</th><td>${formatPercent(feature.weight)}</td><td>${
      feature.distance?.toFixed(4) ?? "-"
    }</td><td>${feature.usual.mean.toFixed(4)} ± ${feature.usual.deviation.toFixed(4)}</td><td>${feature.z?.toFixed(1) ?? "-"}</td><td>${feature.smoothed.toFixed(
      2,
    )}</td><td>${verdict}</td><td>${other ? `${other.test} ${other.score.toPrecision(3)}` : "-"}</td><td>${other?.drifted ? "drifted" : ""}</td></tr>`;
  };
  const isShown = ({ isDrifted }: FeatureDrift, at: number) => isDrifted || at < shownFeatures;
  const [shown, folded] = [ranked.filter(isShown), ranked.filter((feature, at) => !isShown(feature, at))];
  return `<section><h2>Reference and current</h2>
<p class="legend"><span class="key reference"></span> reference <span class="key current"></span> current</p>
<div class="plots">${plots.map(plotBars).join("\n")}</div></section>
<section><h2>All features</h2>
<p>Evidently's defaults say of the same window: ${formatPercent(evidently.driftShare)} of the columns drifted, ${evidently.drifted ? "drift" : "no drift"}. They stand beside for
comparison and decide nothing.</p>
${featureTable("Features that moved most", shown.map(rowOf))}
${folded.length > 0 ? `<details><summary>${folded.length} more, none of which drifted</summary>${featureTable("Other features", folded.map(rowOf))}</details>` : ""}</section>`;
}

function featureTable(label: string, rows: readonly string[]): string {
  const head = ["feature", "weight", "distance", "usual", "z", "chart", "calibrated", "Evidently", ""];
  return `<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${head
    .map((name) => `<th scope="col">${name}</th>`)
    .join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function fact(name: string, value: string): string {
  return `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`;
}
