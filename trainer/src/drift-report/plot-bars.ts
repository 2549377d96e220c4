import { escapeHtml } from "./escape-html.ts";
import { formatPercent } from "./format-percent.ts";
import type { WindowProfile } from "./window-profiles.ts";

const [width, height, bottom] = [300, 130, 26];
const [rowHeight, labelWidth] = [24, 136];

/**
 * Reference and current shares of one column as bars side by side: an SVG figure, upright for bins, lying with their names for labels. Each
 * bar has its numbers as a title.
 */
export function plotBars(profile: WindowProfile): string {
  const { name, bars, reference, current } = profile;
  const most = Math.max(...reference, ...current, 1e-9);
  const gapAt = (at: number) => Math.abs((reference[at] ?? 0) - (current[at] ?? 0));
  const widest = bars.reduce((best, _, at) => (gapAt(at) > gapAt(best) ? at : best), 0);
  const alternative =
    `${name}: the widest gap is at ${bars[widest] ?? ""}, ${formatPercent(reference[widest] ?? 0)} in the reference, ` +
    `${formatPercent(current[widest] ?? 0)} now.`;
  const tall = profile.kind === "labels" ? rowHeight * bars.length + 4 : height;
  const drawn = profile.kind === "labels" ? lyingBars(profile, most) : uprightBars(profile, most);
  return `<figure><figcaption>${escapeHtml(name)}</figcaption><svg viewBox="0 0 ${width} ${tall}" role="img" aria-label="${escapeHtml(alternative)}">${drawn}</svg></figure>`;
}

function uprightBars({ bars, reference, current }: WindowProfile, most: number): string {
  const slot = width / bars.length;
  const bar = (share: number, x: number, kind: string, label: string) => {
    const tall = ((height - bottom - 6) * share) / most;
    return rectangle(kind, x, height - bottom - tall, slot * 0.4, tall, label, share);
  };
  const drawn = bars.map(
    (label, at) =>
      bar(reference[at] ?? 0, at * slot + slot * 0.08, "reference", label) +
      bar(current[at] ?? 0, at * slot + slot * 0.5, "current", label),
  );
  const ends =
    `<text x="0" y="${height - 8}">${escapeHtml(bars[0] ?? "")}</text>` +
    `<text x="${width}" y="${height - 8}" text-anchor="end">${escapeHtml(bars.at(-1) ?? "")}</text>`;
  return `<line x1="0" x2="${width}" y1="${height - bottom}" y2="${height - bottom}"/>${drawn.join("")}${ends}`;
}

function lyingBars({ bars, reference, current }: WindowProfile, most: number): string {
  const long = (share: number) => ((width - labelWidth) * share) / most;
  return bars
    .map((label, at) => {
      const top = at * rowHeight;
      const [before, now] = [reference[at] ?? 0, current[at] ?? 0];
      return (
        `<text x="${labelWidth - 6}" y="${top + 15}" text-anchor="end">${escapeHtml(clip(label))}</text>` +
        rectangle("reference", labelWidth, top + 2, long(before), 9, label, before) +
        rectangle("current", labelWidth, top + 11, long(now), 9, label, now)
      );
    })
    .join("");
}

function rectangle(
  kind: string,
  x: number,
  y: number,
  wide: number,
  tall: number,
  label: string,
  share: number,
): string {
  const [left, top, w, h] = [x, y, wide, tall].map((value) => value.toFixed(1));
  const title = escapeHtml(`${label}: ${formatPercent(share)} ${kind}`);
  return `<rect class="${kind}" x="${left}" y="${top}" width="${w}" height="${h}"><title>${title}</title></rect>`;
}

const clip = (label: string) => (label.length > 20 ? `${label.slice(0, 19)}…` : label);
