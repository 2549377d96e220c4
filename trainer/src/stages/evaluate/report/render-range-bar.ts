import type { Interval } from "../../../metrics/bootstrap-by-group.ts";
import { type Html, html } from "./html.ts";

const width = 160;

/** A share as a bar, with the 95 % interval as a whisker. The number itself stands beside it, so that it is hidden from readers of text. */
export function renderRangeBar(share: number, interval: Interval | null | undefined): Html {
  const at = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * width * 10) / 10;
  const whisker = interval
    ? html`<path class="whisker" d="M${at(interval[0])} 3v10M${at(interval[0])} 8H${at(interval[1])}M${at(interval[1])} 3v10"/>`
    : null;
  return html`<svg class="range" viewBox="0 0 ${width} 16" aria-hidden="true"><rect class="track" y="4" width="${width}" height="8" rx="2"/><rect class="bar" y="4" width="${at(share)}" height="8" rx="2"/>${whisker}</svg>`;
}
