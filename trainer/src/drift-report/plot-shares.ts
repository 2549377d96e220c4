import type { HistoryPoint } from "./drift-report.ts";
import { escapeHtml } from "./escape-html.ts";

const [width, height, left] = [220, 64, 4];

/** The share of each predicted queue over the windows: one small SVG figure a queue, all on one scale, the largest queue first. */
export function plotShares(history: readonly HistoryPoint[]): string {
  const points = history.filter(({ queues }) => Object.keys(queues).length > 0);
  const names = [...new Set(points.flatMap(({ queues }) => Object.keys(queues)))];
  if (names.length === 0) return "<p>No window has been compared yet.</p>";
  const shareOf = (point: HistoryPoint | undefined, name: string) => point?.queues[name] ?? 0;
  const mean = (name: string) => points.reduce((sum, point) => sum + shareOf(point, name), 0) / points.length;
  const most = Math.max(...points.flatMap(({ queues }) => Object.values(queues)), 0.01) * 1.05;
  const x = (at: number) => left + ((width - 2 * left) * (at + 0.5)) / points.length;
  const y = (share: number) => height - 4 - (height - 8) * (share / most);
  const figures = names
    .sort((a, b) => mean(b) - mean(a))
    .map((name) => {
      const path = points
        .map(
          (point, at) => `${at === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(shareOf(point, name)).toFixed(1)}`,
        )
        .join("");
      const [first, last] = [shareOf(points[0], name), shareOf(points.at(-1), name)];
      const now = `<circle class="mark" cx="${x(points.length - 1).toFixed(1)}" cy="${y(last).toFixed(1)}" r="3"/>`;
      const alternative = `${name}: from ${percent(first)} to ${percent(last)} over ${points.length} windows, ${percent(mean(name))} on average.`;
      return `<figure><figcaption>${escapeHtml(name)}: ${percent(last)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(alternative)}"><line x1="0" x2="${width}" y1="${height - 4}" y2="${height - 4}"/><path class="level" d="${path}"/>${now}</svg></figure>`;
    });
  return `<div class="plots">${figures.join("\n")}</div>`;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
