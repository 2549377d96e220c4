import type { RiskCoveragePoint } from "../../../metrics/risk-coverage.ts";
import { thinPoints } from "../thin-points.ts";
import { chartFrame } from "./chart-frame.ts";
import { formatShare } from "./format-share.ts";
import { type Html, html } from "./html.ts";

/** The risk-coverage curve: how many errors are left if only the surest answers are used. `chosen` marks where the bundle stands. */
export function renderRiskCoverage(
  kind: string,
  points: readonly RiskCoveragePoint[],
  chosen: { readonly coverage: number; readonly precision: number | null },
): Html {
  // The first few rows make a jagged start that is no risk yet; multiples of 20 % give whole ticks.
  const highest = Math.max(0, ...points.slice(5).map(({ risk }) => risk));
  const mostRisk = Math.max(0.2, Math.ceil(highest * 5) / 5);
  const { x, y, axes, viewBox } = chartFrame(
    { x: "answered, surest first, %", y: "wrong among them, %" },
    1,
    mostRisk,
  );
  const line = thinPoints(points)
    .map(({ coverage, risk }) => `${x(coverage)},${y(Math.min(risk, mostRisk))}`)
    .join(" ");
  const tenths = [0.25, 0.5, 0.75, 0.9, 1].map((share) =>
    points.find(({ coverage }) => coverage >= share - 1e-9),
  );
  const chosenRisk = chosen.precision === null ? null : 1 - chosen.precision;
  const here =
    chosenRisk === null
      ? null
      : html`<circle class="chosen" cx="${x(chosen.coverage)}" cy="${y(Math.min(chosenRisk, mostRisk))}" r="6"><title>Its thresholds: ${formatShare(chosen.coverage)} answered, ${formatShare(chosenRisk)} of them wrong</title></circle>`;
  return html`
  <figure>
    <figcaption>What does holding back buy? <span class="soft">The ring: where the thresholds put it.</span></figcaption>
    <svg viewBox="${viewBox}" role="img" aria-label="${`Risk and coverage of ${kind}: share of wrong answers if only the surest are used. The table below has the numbers.`}">
      ${axes}
      <polyline class="curve" points="${line}"/>
      ${here}
    </svg>
    <details><summary>The numbers</summary>
      <table><caption class="unseen">Risk and coverage of ${kind}</caption>
        <thead><tr><th scope="col">Answered</th><th scope="col">Wrong among them</th></tr></thead>
        <tbody>${tenths.map((point) =>
          point
            ? html`<tr><td>${formatShare(point.coverage)}</td><td>${formatShare(point.risk)}</td></tr>`
            : html``,
        )}</tbody>
      </table>
    </details>
  </figure>`;
}
