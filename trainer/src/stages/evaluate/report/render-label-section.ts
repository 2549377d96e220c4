import { reliabilityBins } from "../../../metrics/reliability-bins.ts";
import { riskCoverage } from "../../../metrics/risk-coverage.ts";
import type { Outcome } from "../label-outcomes.ts";
import type { LabelMeasures } from "../measure-label.ts";
import { formatShare } from "./format-share.ts";
import { type Html, html } from "./html.ts";
import { renderConfusion } from "./render-confusion.ts";
import { renderRangeBar } from "./render-range-bar.ts";
import { renderReliability } from "./render-reliability.ts";
import { renderRiskCoverage } from "./render-risk-coverage.ts";
import { scrollTable } from "./scroll-table.ts";

/** All that the page says of queue, or of urgency: its classes with their thresholds, where tickets go, whether it keeps its promises. */
export function renderLabelSection(
  kind: "queue" | "urgency",
  measures: LabelMeasures | null,
  outcomes: readonly Outcome[],
  thresholds: Readonly<Record<string, number>>,
): Html {
  const title = kind === "queue" ? "Queue" : "Urgency";
  if (measures === null) {
    return html`<section id="${kind}"><h2>${title}</h2><p>No ticket of the holdout has a label of this kind: nothing was measured.</p></section>`;
  }
  const confidences = outcomes.map(({ confidence }) => confidence);
  const correct = outcomes.map((outcome) => outcome.correct);
  return html`
  <section id="${kind}">
    <h2>${title}</h2>
    ${scrollTable(
      `classes-${kind}`,
      html`How good, label by label. <span class="soft">The whisker is the range in which the true F1 lies 95 times in 100.</span>`,
      "wide",
      html`
      <thead><tr><th scope="col">${title}</th><th scope="col">Tickets</th><th scope="col" class="bar"><span class="unseen">F1 as a bar</span></th><th scope="col">F1</th>
        <th scope="col">Precision</th><th scope="col">Recall</th><th scope="col">Trusted from</th><th scope="col">Trusted</th><th scope="col">Right if trusted</th></tr></thead>
      <tbody>${measures.labels.map((label) => classRow(label, measures, thresholds[label]))}</tbody>`,
    )}
    <p class="soft">Precision: of the tickets given this label, how many are right. Recall: of the tickets that are of this label, how many were found. F1 is
    their harmonic mean. A label is trusted from its own confidence on; below it the agent hands over or asks${kind === "urgency" ? ", and the urgency is rounded up" : ""}.</p>
    ${renderConfusion(kind, measures)}
    <div class="charts">
      ${renderReliability(kind, reliabilityBins(confidences, correct))}
      ${renderRiskCoverage(kind, riskCoverage(confidences, correct).points, { coverage: measures.coverage, precision: measures.precisionWhereCovered })}
    </div>
  </section>`;
}

function classRow(label: string, measures: LabelMeasures, threshold: number | undefined): Html {
  const { f1 = 0, precision = 0, recall = 0, support = 0 } = measures.classes[label] ?? {};
  const trusted = measures.trusted[label];
  if (support === 0) {
    return html`<tr><th scope="row">${label}</th><td>0</td><td class="bar"></td><td colspan="6" class="soft">no ticket of the holdout: not measured</td></tr>`;
  }
  return html`<tr><th scope="row">${label}</th><td>${support}</td><td class="bar">${renderRangeBar(f1, measures.classIntervals[label])}</td>
    <td>${f1.toFixed(2)}</td><td>${formatShare(precision)}</td><td>${formatShare(recall)}</td>
    <td>${threshold === undefined ? "unknown to it" : threshold >= 1 ? "never" : formatShare(threshold)}</td>
    <td>${formatShare(trusted?.coverage)}</td><td>${formatShare(trusted?.precision)}</td></tr>`;
}
