import type { Evaluation } from "../evaluation.ts";
import type { LabelMeasures } from "../measure-label.ts";
import type { Latency } from "../measure-latency.ts";
import { describeFindings } from "./describe-findings.ts";
import { formatShare } from "./format-share.ts";
import { type Html, html } from "./html.ts";
import { renderComparison } from "./render-comparison.ts";
import { renderLabelSection } from "./render-label-section.ts";
import { renderMistakes } from "./render-mistakes.ts";
import { renderSlices } from "./render-slices.ts";
import { reportStyle } from "./report-style.ts";

/**
 * One HTML page for the owner of the service: how good the bundle is, where it fails, how it compares. Self-contained: no script, no
 * request to anywhere, charts as inline SVG with their numbers beside them. `showTexts` false leaves the tickets' texts out.
 */
export function renderReport(evaluation: Evaluation, { showTexts }: { showTexts: boolean }): string {
  const { dataSet, manifest, metrics, outcomes, previous } = evaluation;
  const { holdout } = metrics;
  const sections =
    holdout === null
      ? html`<p>The snapshot holds no row to measure on: make one whose holdout is not empty.</p>`
      : html`
    ${renderLabelSection("queue", holdout.queue, outcomes.queue, manifest.thresholds.queue)}
    ${renderLabelSection("urgency", holdout.urgency, outcomes.urgency, manifest.thresholds.urgency)}
    ${renderSlices(holdout)}
    ${renderComparison(metrics, previous)}
    ${renderMistakes(evaluation, showTexts)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${`Model report: ${dataSet}, ${manifest.version}`}</title>
<style>${{ markup: reportStyle }}</style>
</head>
<body>
<header>
  <h1>How good is the model “${dataSet}”?</h1>
  <p class="soft">Bundle ${manifest.version}, measured on ${holdout?.scope.rows ?? 0} texts that no step of its training has seen, in the code that serves.</p>
  <nav aria-label="Sections"><ul>
    ${sectionTitles.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
  </ul></nav>
</header>
<main>
  ${renderTiles(evaluation)}
  ${renderFindings(describeFindings(evaluation))}
  ${sections}
  ${renderMethod(evaluation)}
</main>
</body>
</html>
`.markup;
}

const sectionTitles = [
  ["queue", "Queue"],
  ["urgency", "Urgency"],
  ["slices", "For whom"],
  ["compared", "Compared"],
  ["mistakes", "Worst mistakes"],
  ["method", "How it was measured"],
] as const;

function renderTiles({ metrics: { holdout }, latency }: Evaluation): Html {
  const { queue = null, urgency = null, urgencyActedOn, scope } = holdout ?? {};
  const high = urgencyActedOn?.classes.high;
  return html`
  <dl class="tiles">
    ${tile("Right queue", formatShare(queue?.accuracy), between(queue))}
    ${tile("Right, where it trusts itself", formatShare(queue?.precisionWhereCovered), `on ${formatShare(queue?.coverage)} of the tickets`)}
    ${tile("Right urgency", formatShare(urgency?.accuracy), between(urgency))}
    ${tile("High treated as high", formatShare(high && high.support > 0 ? high.recall : null), `after rounding up; ${formatShare(high?.precision)} of those so treated are high`)}
    ${tile("Not for IT, recognised", formatShare(scope?.recall), `${formatShare(scope?.falseAlarms)} of tickets wrongly taken for it`)}
    ${tile("Time for a ticket", latency ? `${latency.wholeMs.median.toFixed(0)} ms` : "–", latency ? `95 of 100 within ${latency.wholeMs.p95.toFixed(0)} ms` : "not measured")}
  </dl>`;
}

function tile(title: string, figure: string, note: string): Html {
  return html`<div><dt>${title}</dt><dd class="figure">${figure}</dd><dd class="note">${note}</dd></div>`;
}

function between(measures: LabelMeasures | null): string {
  const interval = measures?.intervals.accuracy;
  return interval
    ? `95 % sure: ${formatShare(interval[0])} to ${formatShare(interval[1])}`
    : "too few tickets for a range";
}

function renderFindings(findings: readonly string[]): Html | null {
  if (findings.length === 0) return null;
  return html`<section><h2>In short</h2><ul>${findings.map((finding) => html`<li>${finding}</li>`)}</ul></section>`;
}

function renderMethod({ manifest, metrics, largestDifference, latency }: Evaluation): Html {
  const { holdout } = metrics;
  const facts: [string, string][] = [
    ["Bundle", `${manifest.version}, hash ${metrics.bundle.hash.slice(0, 12)}`],
    ["Data", `snapshot ${manifest.lineage.data_md5}, seed ${manifest.lineage.seed}`],
    [
      "Python and ONNX",
      `the same label on all ${metrics.pythonAgainstOnnx.rows} rows; probabilities differ by at most ${largestDifference.toExponential(1)}`,
    ],
    [
      "Calibration error",
      `queue ${formatError(holdout?.queue)}, urgency ${formatError(holdout?.urgency)} (15 bins of equal mass; 0 is perfect)`,
    ],
    [
      "Risk-coverage area",
      `queue ${formatArea(holdout?.queue)}, urgency ${formatArea(holdout?.urgency)} (less is better)`,
    ],
    ["Ranges", "95 % of 2,000 bootstrap draws of whole groups of near-duplicates"],
    ["Time for a ticket", latency ? describeLatency(latency) : "not measured"],
    ["Embedder", manifest.embedder],
  ];
  return html`<section id="method"><h2>How it was measured</h2>
    <dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></section>`;
}

const formatError = (measures: LabelMeasures | null | undefined) => measures?.ece.toFixed(3) ?? "–";
const formatArea = (measures: LabelMeasures | null | undefined) =>
  measures?.riskCoverageArea.toFixed(3) ?? "–";

function describeLatency({ tickets, wholeMs, embeddingMs, modelsMs }: Latency): string {
  return (
    `${tickets} tickets, one at a time, on the machine that evaluated: whole way ${wholeMs.median} ms (95 %: ${wholeMs.p95}), of it the ` +
    `vector ${embeddingMs.median} ms (${embeddingMs.p95}) and the models ${modelsMs.median} ms (${modelsMs.p95})`
  );
}
