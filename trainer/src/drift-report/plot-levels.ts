import type { HistoryPoint } from "./drift-report.ts";
import { escapeHtml } from "./escape-html.ts";
import { formatDay } from "./format-day.ts";

const [width, height, left, bottom] = [720, 170, 34, 22];

/**
 * A level over time with its limit: an SVG figure. Windows at or above the limit are filled squares, others hollow circles, so that colour
 * is not needed to tell them apart; windows that were not compared are gaps, and another
 * model begins a line of its own.
 */
export function plotLevels(
  name: string,
  history: readonly HistoryPoint[],
  levelOf: (point: HistoryPoint) => { readonly level: number; readonly limit: number } | null,
): string {
  const points = history.flatMap((point, at) => {
    const reading = levelOf(point);
    return reading
      ? [{ at, end: point.end, diagnosis: point.diagnosis, model: point.modelVersion, ...reading }]
      : [];
  });
  if (points.length === 0) return `<p>${escapeHtml(name)}: no window has been compared yet.</p>`;
  const values = points.flatMap(({ level, limit }) => [level, limit]);
  const [least, most] = [Math.min(0, ...values), Math.max(...values, 0.5) * 1.08];
  const x = (at: number) => left + ((width - left - 12) * (at + 0.5)) / history.length;
  const y = (value: number) => 8 + (height - bottom - 16) * (1 - (value - least) / (most - least));
  const path = (value: (point: (typeof points)[number]) => number) =>
    points
      .map((point, k) => {
        const before = points[k - 1];
        const isNext = before?.at === point.at - 1 && before.model === point.model;
        return `${isNext ? "L" : "M"}${x(point.at).toFixed(1)} ${y(value(point)).toFixed(1)}`;
      })
      .join("");
  const marks = points.map(({ at, end, level, limit, diagnosis }) => {
    const title = `<title>${escapeHtml(`${formatDay(end)}: ${level.toFixed(2)} of ${limit.toFixed(2)}, ${diagnosis.replaceAll("_", " ")}`)}</title>`;
    const [cx, cy] = [x(at).toFixed(1), y(level).toFixed(1)];
    return level >= limit
      ? `<rect class="mark alarm" x="${(x(at) - 4).toFixed(1)}" y="${(y(level) - 4).toFixed(1)}" width="8" height="8">${title}</rect>`
      : `<circle class="mark" cx="${cx}" cy="${cy}" r="3.5">${title}</circle>`;
  });
  const changes = points.flatMap(({ at, model }, k) => {
    if (k === 0 || points[k - 1]?.model === model) return [];
    const place = (x(at) - (width - left - 12) / history.length / 2).toFixed(1);
    const title = `<title>From here on model ${escapeHtml(model)}, with a reference of its own</title>`;
    return [
      `<line class="change" x1="${place}" x2="${place}" y1="0" y2="${height - bottom}">${title}</line>`,
    ];
  });
  const [first, last] = [points[0], points.at(-1)];
  const over = points.filter(({ level, limit }) => level >= limit).length;
  const alternative =
    `${name} over ${points.length} windows from ${formatDay(first?.end ?? 0)} to ${formatDay(last?.end ?? 0)}: now ${last?.level.toFixed(2)} of ` +
    `${last?.limit.toFixed(2)}; ${over} windows at or above the limit.`;
  const ticks = [...new Set([Math.ceil(least), 0, Math.floor(most)])].map(
    (value) =>
      `<text x="${left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${value}</text><line x1="${left}" x2="${width}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/>`,
  );
  return `<figure class="wide" tabindex="0" role="group" aria-label="${escapeHtml(name)}"><figcaption>${escapeHtml(name)}: ${last?.level.toFixed(2)}, limit ${last?.limit.toFixed(2)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(alternative)}">${ticks.join("")}${changes.join("")}<path class="limit" d="${path(({ limit }) => limit)}"/><path class="level" d="${path(({ level }) => level)}"/>${marks.join("")}<text x="${left}" y="${height - 4}">${formatDay(first?.end ?? 0)}</text><text x="${width}" y="${height - 4}" text-anchor="end">${formatDay(last?.end ?? 0)}</text></svg></figure>`;
}
