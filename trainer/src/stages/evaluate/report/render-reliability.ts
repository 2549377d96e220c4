import type { ReliabilityBin } from "../../../metrics/reliability-bins.ts";
import { chartFrame } from "./chart-frame.ts";
import { formatShare } from "./format-share.ts";
import { type Html, html } from "./html.ts";

/** The reliability diagram: on the diagonal the model keeps its promises, below it boasts. With its numbers as a table. */
export function renderReliability(kind: string, bins: readonly ReliabilityBin[]): Html {
  const { x, y, axes, viewBox } = chartFrame({ x: "promised: confidence, %", y: "kept: right, %" });
  const points = bins.map(({ confidence, accuracy }) => `${x(confidence)},${y(accuracy)}`).join(" ");
  return html`
  <figure>
    <figcaption>Does it keep its promises? <span class="soft">A point below the line: surer than it should be.</span></figcaption>
    <svg viewBox="${viewBox}" role="img" aria-label="${`Reliability of ${kind}: confidence against the share that is right, ${bins.length} groups of equally many tickets. The table below has the numbers.`}">
      ${axes}
      <line class="ideal" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>
      <polyline class="curve" points="${points}"/>
      ${bins.map(
        ({ confidence, accuracy, rows }) =>
          html`<circle class="dot" cx="${x(confidence)}" cy="${y(accuracy)}" r="4"><title>${rows} tickets: promised ${formatShare(confidence)}, right ${formatShare(accuracy)}</title></circle>`,
      )}
    </svg>
    <details><summary>The numbers</summary>
      <table><caption class="unseen">Reliability of ${kind}</caption>
        <thead><tr><th scope="col">Tickets</th><th scope="col">Promised</th><th scope="col">Right</th></tr></thead>
        <tbody>${bins.map(
          ({ rows, confidence, accuracy }) =>
            html`<tr><td>${rows}</td><td>${formatShare(confidence)}</td><td>${formatShare(accuracy)}</td></tr>`,
        )}</tbody>
      </table>
    </details>
  </figure>`;
}
