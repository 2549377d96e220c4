/** The page's style sheet: light and dark by the reader's setting, one column on a phone, plain on paper. */
export const reportStyle = `
:root { color-scheme: light dark;
  --paper: #fff; --ink: #1d2433; --soft: #5b6577; --line: #d9dee7; --panel: #f5f7fa;
  --accent: #2457c5; --miss: #b3470b; --good: #1a7340; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #12161e; --ink: #e6eaf2; --soft: #a3adbf; --line: #333c4b; --panel: #1b212c;
  --accent: #86aeff; --miss: #ffab70; --good: #6fd397; --bad: #ff9c94; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 66rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.3rem; margin: 3rem 0 .5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.75rem 0 .4rem; }
p, ul, dl { max-width: 46rem; }
a { color: var(--accent); }
.soft { color: var(--soft); font-weight: normal; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; padding: 0; margin: 1rem 0 0; max-width: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: .8rem; margin: 1.5rem 0; max-width: none; }
.tiles > div { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; }
.tiles dt { color: var(--soft); font-size: .88rem; }
.tiles dd { margin: 0; }
.tiles .figure { font-size: 1.75rem; font-weight: 650; line-height: 1.25; }
.tiles .note { color: var(--soft); font-size: .85rem; }
li { margin: .3rem 0; }
.scroll { overflow-x: auto; margin: .4rem 0 1rem; }
.group { text-align: center; }
thead tr + tr th:first-child { text-align: right; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .92rem; }
.caption { font-weight: 600; font-size: .95rem; margin: 1.5rem 0 0; }
th, td { padding: .38rem .75rem .38rem 0; text-align: right; vertical-align: middle; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; } thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; }
tbody th { white-space: normal; min-width: 8rem; }
td.bar { padding-right: .6rem; }
.wide { width: 100%; }
.confusion th, .confusion td { padding: .45rem .6rem; text-align: center; }
.confusion tbody th { text-align: left; padding-left: 0; min-width: 9rem; }
.confusion thead span { display: inline-block; max-width: 6.5rem; white-space: normal; overflow-wrap: break-word; line-height: 1.2; }
.confusion td { min-width: 3.5rem; border: 1px solid var(--line); }
.confusion .hit { background: color-mix(in srgb, var(--accent) calc(var(--share) * .45), transparent); font-weight: 650; }
.confusion .miss { background: color-mix(in srgb, var(--miss) calc(var(--share) * .6), transparent); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); gap: 1.5rem; margin: 1rem 0; }
figure { margin: 0; } figcaption { font-weight: 600; font-size: .92rem; margin-bottom: .4rem; }
figure svg { width: 100%; max-width: 24rem; height: auto; display: block; }
svg text { font-size: 11.5px; fill: var(--soft); }
svg .axis { fill: var(--ink); }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .ideal { stroke: var(--soft); stroke-dasharray: 4 4; }
svg .curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
svg .dot { fill: var(--accent); } svg .chosen { fill: none; stroke: var(--miss); stroke-width: 3; }
svg.range { width: 10rem; height: 1rem; display: block; }
svg .track { fill: var(--panel); } svg .bar { fill: var(--accent); opacity: .55; } svg .whisker { fill: none; stroke: var(--ink); stroke-width: 1.3; }
details { margin: .4rem 0; } summary { cursor: pointer; color: var(--accent); font-size: .9rem; }
.mistakes { list-style: none; padding: 0; max-width: 50rem; }
.mistakes li { border-left: 3px solid var(--miss); padding: .1rem 0 .1rem 1rem; margin: 1.2rem 0; break-inside: avoid; }
.mistakes p { margin: .2rem 0; } .mistakes blockquote { margin: .3rem 0; white-space: pre-line; overflow-wrap: anywhere; }
.better { color: var(--good); } .worse { color: var(--bad); }
dl.facts { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .3rem 1.25rem; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  body { padding: 1.25rem 1rem 3rem; } h1 { font-size: 1.4rem; }
  td.bar, th.bar { display: none; } dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: .6rem; }
  .tiles { grid-template-columns: 1fr 1fr; } .tiles .figure { font-size: 1.4rem; }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --panel: #fff; --accent: #2457c5; --miss: #b3470b; }
  body { max-width: none; padding: 0; font-size: 10pt; } nav, summary { display: none; }
  h2, h3, figcaption, .caption { break-after: avoid; } table, figure, .tiles > div, li { break-inside: avoid; }
  .scroll { overflow: visible; } table { font-size: 8pt; } thead th { white-space: normal; } th, td { padding-right: .4rem; }
  svg.range { width: 5.5rem; } figure svg { max-width: 17rem; } .charts { grid-template-columns: 1fr 1fr; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}`;
