import type { LabelMeasures } from "../measure-label.ts";
import type { Measures } from "../measure-texts.ts";
import { formatShare } from "./format-share.ts";
import { type Html, html } from "./html.ts";
import { renderRangeBar } from "./render-range-bar.ts";
import { scrollTable } from "./scroll-table.ts";

/** Fewer tickets than these say little: such a slice is marked. */
const fewRows = 30;

/** Accuracy by language, length and source, with its range. */
export function renderSlices({ queue, urgency }: Measures): Html {
  const isPart = (measures: LabelMeasures | null, name: string) =>
    (measures?.slices[name]?.rows ?? measures?.rows) !== measures?.rows;
  const names = [...new Set([...Object.keys(queue?.slices ?? {}), ...Object.keys(urgency?.slices ?? {})])]
    .filter((name) => isPart(queue, name) || isPart(urgency, name))
    .sort();
  return html`
  <section id="slices">
    <h2>For whom it works less well</h2>
    ${scrollTable(
      "slices-table",
      html`Share of tickets that get the right label. <span class="soft">Whiskers as above; what all tickets share is left out.</span>`,
      "wide",
      html`
      <thead><tr><th scope="col">Tickets that are</th><th scope="col">Number</th><th scope="col">Queue right</th><th scope="col" class="bar"><span class="unseen">Bar</span></th>
        <th scope="col">Urgency right</th><th scope="col" class="bar"><span class="unseen">Bar</span></th></tr></thead>
      <tbody>${names.map((name) => {
        const [q, u] = [queue?.slices[name], urgency?.slices[name]];
        const rows = q?.rows ?? u?.rows ?? 0;
        return html`<tr><th scope="row">${name}</th><td>${rows}${rows < fewRows ? html` <span class="soft">few</span>` : null}</td>
          <td>${formatShare(q?.accuracy)}</td><td class="bar">${q ? renderRangeBar(q.accuracy, q.interval) : null}</td>
          <td>${formatShare(u?.accuracy)}</td><td class="bar">${u ? renderRangeBar(u.accuracy, u.interval) : null}</td></tr>`;
      })}</tbody>`,
    )}
  </section>`;
}
