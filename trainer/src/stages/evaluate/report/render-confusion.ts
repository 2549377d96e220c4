import type { LabelMeasures } from "../measure-label.ts";
import { type Html, html } from "./html.ts";
import { scrollTable } from "./scroll-table.ts";

/** The confusion matrix as a table, so that it can be read aloud; the shade says what share of the row a cell is. */
export function renderConfusion(kind: string, { labels, confusion }: LabelMeasures): Html {
  return scrollTable(
    `confusion-${kind}`,
    html`Where tickets go. <span class="soft">A row is the true ${kind}, a column what the model said.</span>`,
    "confusion",
    html`<thead><tr><th></th>${labels.map((label) => html`<th scope="col"><span>${label}</span></th>`)}</tr></thead>
    <tbody>${labels.map((label, row) => {
      const counts = confusion[row] ?? [];
      const support = counts.reduce((sum, count) => sum + count, 0);
      return html`<tr><th scope="row">${label}</th>${counts.map((count, column) => {
        const percent = support === 0 ? 0 : Math.round((count / support) * 100);
        const name = row === column ? "hit" : "miss";
        return html`<td class="${name}" style="--share:${row === column ? percent : Math.min(100, percent * 3)}%">${count === 0 ? html`<span class="soft">0</span>` : count}</td>`;
      })}</tr>`;
    })}</tbody>`,
  );
}
