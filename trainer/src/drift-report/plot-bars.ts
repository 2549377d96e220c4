import { escapeHtml } from "./escape-html.ts";
import type { WindowProfile } from "./window-profiles.ts";

const [width, height, bottom] = [300, 130, 26];

/** Reference and current shares of one column as bars side by side: an SVG figure. Each bar has its numbers as a title. */
export function plotBars({ name, bars, reference, current }: WindowProfile): string {
  const most = Math.max(...reference, ...current, 1e-9);
  const slot = width / bars.length;
  const bar = (share: number, x: number, kind: string, label: string) => {
    const tall = ((height - bottom - 6) * share) / most;
    const title = `${label}: ${(100 * share).toFixed(1)} % ${kind}`;
    return `<rect class="${kind}" x="${x.toFixed(1)}" y="${(height - bottom - tall).toFixed(1)}" width="${(slot * 0.4).toFixed(1)}" height="${tall.toFixed(1)}"><title>${escapeHtml(title)}</title></rect>`;
  };
  const drawn = bars.map(
    (label, at) =>
      bar(reference[at] ?? 0, at * slot + slot * 0.08, "reference", label) +
      bar(current[at] ?? 0, at * slot + slot * 0.5, "current", label),
  );
  const widest = bars.reduce((best, _, at) => (gapAt(at) > gapAt(best) ? at : best), 0);
  function gapAt(at: number): number {
    return Math.abs((reference[at] ?? 0) - (current[at] ?? 0));
  }
  const alternative =
    `${name}: the widest gap is at ${bars[widest] ?? ""}, ${(100 * (reference[widest] ?? 0)).toFixed(1)} % in the reference, ` +
    `${(100 * (current[widest] ?? 0)).toFixed(1)} % now.`;
  const ends = `<text x="0" y="${height - 8}">${escapeHtml(clip(bars[0] ?? ""))}</text><text x="${width}" y="${height - 8}" text-anchor="end">${escapeHtml(clip(bars.at(-1) ?? ""))}</text>`;
  return `<figure><figcaption>${escapeHtml(name)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(alternative)}"><line x1="0" x2="${width}" y1="${height - bottom}" y2="${height - bottom}"/>${drawn.join("")}${ends}</svg></figure>`;
}

const clip = (label: string) => (label.length > 22 ? `${label.slice(0, 21)}…` : label);
