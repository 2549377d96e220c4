import { wilsonInterval } from "@support-it-agent/shared/wilson-interval";
import { escapeHtml } from "./escape-html.ts";
import { formatDay } from "./format-day.ts";
import type { LabelledCounts, LivePerformance } from "./live-performance.ts";

/** How the model did by labels, as a section of the page; nothing where there are no labels. */
export function liveSection(live: LivePerformance | null): string {
  if (live === null || live.blind.labels + live.feedback.labels === 0) return "";
  return `<section><h2>Live performance</h2>
<p>By labels on predictions from ${formatDay(live.since)} to ${formatDay(live.until)}, with 95 % intervals (Wilson). Later predictions are still collecting theirs.</p>
${countsTable("Blind labels: a fair sample", live.blind)}
${countsTable("Corrections: people correct what they see is wrong, so this looks worse than the model is", live.feedback)}
</section>`;
}

function countsTable(caption: string, { labels, right, queues }: LabelledCounts): string {
  if (labels === 0) return "";
  const rows = queues.map(
    ({ queue, predicted, labelled, hits }) =>
      `<tr><th scope="row">${escapeHtml(queue)}</th><td>${describeRate(hits, predicted)}</td><td>${describeRate(hits, labelled)}</td><td>${labelled}</td></tr>`,
  );
  return `<h3>${caption}</h3><p>${right} of ${labels} right: ${describeRate(right, labels)}.</p>
<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><thead><tr><th scope="col">queue</th><th scope="col">precision</th><th scope="col">recall</th><th scope="col">labels</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}

/** "78.0 % (74.1 to 81.6)"; a dash of no cases. */
export function describeRate(hits: number, of: number): string {
  if (of === 0) return "-";
  const { low, high } = wilsonInterval(hits, of);
  return `${((100 * hits) / of).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
}
