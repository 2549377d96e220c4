import { type Html, html } from "./html.ts";

/** Pixel places of shares 0..1 in a square plot, and what is drawn around it. */
export type ChartFrame = {
  readonly x: (share: number) => number;
  readonly y: (share: number) => number;
  /** Grid, tick labels and axis titles. */
  readonly axes: Html;
  readonly viewBox: string;
};

const size = { left: 46, right: 12, top: 10, bottom: 40, plot: 240 };

/** A square frame whose axes run from 0 to `xMost` and `yMost` (shares); ticks at quarters. */
export function chartFrame(titles: { x: string; y: string }, xMost = 1, yMost = 1): ChartFrame {
  const place = (value: number) => Math.round(value * 10) / 10;
  const x = (share: number) => place(size.left + (share / xMost) * size.plot);
  const y = (share: number) => place(size.top + size.plot - (share / yMost) * size.plot);
  const quarters = [0, 0.25, 0.5, 0.75, 1];
  const percent = (share: number) => `${Math.round(share * 100)}`;
  const bottom = size.top + size.plot;
  const right = size.left + size.plot;
  const axes = html`
    ${quarters.map(
      (quarter) => html`
      <line class="grid" x1="${x(quarter * xMost)}" x2="${x(quarter * xMost)}" y1="${size.top}" y2="${bottom}"/>
      <line class="grid" y1="${y(quarter * yMost)}" y2="${y(quarter * yMost)}" x1="${size.left}" x2="${right}"/>
      <text class="tick" x="${x(quarter * xMost)}" y="${bottom + 16}" text-anchor="middle">${percent(quarter * xMost)}</text>
      <text class="tick" x="${size.left - 7}" y="${y(quarter * yMost) + 4}" text-anchor="end">${percent(quarter * yMost)}</text>`,
    )}
    <text class="axis" x="${size.left + size.plot / 2}" y="${bottom + 34}" text-anchor="middle">${titles.x}</text>
    <text class="axis" transform="rotate(-90 12 ${size.top + size.plot / 2})" x="12" y="${size.top + size.plot / 2}" text-anchor="middle">${titles.y}</text>`;
  return { x, y, axes, viewBox: `0 0 ${right + size.right} ${bottom + size.bottom}` };
}
