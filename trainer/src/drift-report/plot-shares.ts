import type { HistoryPoint } from "./drift-report.ts";
import { escapeHtml } from "./escape-html.ts";
import { formatDay } from "./format-day.ts";
import { formatPercent } from "./format-percent.ts";

const [width, height, left, bottom] = [260, 96, 34, 18];

/**
 * The share of each predicted queue over the windows: one small SVG figure a queue with its dates, all on one scale, the largest queue first. Each
 * window has its share as a title; another model begins a line of its own, since its shares are not comparable.
 */
export function plotShares(history: readonly HistoryPoint[]): string {
  const points = history.filter(({ queues }) => Object.keys(queues).length > 0);
  const names = [...new Set(points.flatMap(({ queues }) => Object.keys(queues)))];
  if (names.length === 0) return "<p>No window has been compared yet.</p>";
  const mean = (name: string) =>
    points.reduce((sum, { queues }) => sum + (queues[name] ?? 0), 0) / points.length;
  const most = Math.max(...points.flatMap(({ queues }) => Object.values(queues)), 0.01);
  const figures = names.sort((a, b) => mean(b) - mean(a)).map((name) => plotQueue(name, points, most));
  return `<div class="plots">${figures.join("\n")}</div>`;
}

function plotQueue(name: string, points: readonly HistoryPoint[], most: number): string {
  const shares = points.map(({ queues }) => queues[name] ?? 0);
  const x = (at: number) => left + ((width - left - 6) * (at + 0.5)) / points.length;
  const y = (share: number) => height - bottom - (height - bottom - 10) * (share / most);
  const isNewModel = (at: number) => at > 0 && points[at]?.modelVersion !== points[at - 1]?.modelVersion;
  const path = shares
    .map((share, at) => `${at === 0 || isNewModel(at) ? "M" : "L"}${x(at).toFixed(1)} ${y(share).toFixed(1)}`)
    .join("");
  const changes = points.flatMap((_, at) => {
    if (!isNewModel(at)) return [];
    const place = ((x(at - 1) + x(at)) / 2).toFixed(1);
    return [`<line class="change" x1="${place}" x2="${place}" y1="4" y2="${height - bottom}"/>`];
  });
  const marks = shares.map((share, at) => {
    const title = `<title>${formatDay(points[at]?.end ?? 0)}: ${formatPercent(share)}</title>`;
    const radius = at === shares.length - 1 ? 3.5 : 1.75;
    return `<circle class="mark" cx="${x(at).toFixed(1)}" cy="${y(share).toFixed(1)}" r="${radius}">${title}</circle>`;
  });
  const ticks = [0, most].map(
    (share) =>
      `<line x1="${left}" x2="${width}" y1="${y(share).toFixed(1)}" y2="${y(share).toFixed(1)}"/><text x="${left - 4}" y="${(y(share) + 4).toFixed(1)}" text-anchor="end">${(100 * share).toFixed(0)} %</text>`,
  );
  const [first, last] = [points[0]?.end ?? 0, points.at(-1)?.end ?? 0];
  const dates =
    `<text x="${left}" y="${height - 4}">${formatDay(first)}</text>` +
    (points.length > 1
      ? `<text x="${width}" y="${height - 4}" text-anchor="end">${formatDay(last)}</text>`
      : "");
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const alternative = `${name}: from ${formatPercent(shares[0] ?? 0)} to ${formatPercent(shares.at(-1) ?? 0)} over ${shares.length} windows, ${formatPercent(mean)} on average.`;
  return `<figure><figcaption>${escapeHtml(name)}: ${formatPercent(shares.at(-1) ?? 0)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(alternative)}">${ticks.join("")}${changes.join("")}<path class="level" d="${path}"/>${marks.join("")}${dates}</svg></figure>`;
}
