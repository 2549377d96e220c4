/** The page's style sheet. Colours have a contrast of 4.5 or more for text and 3 for marks, light and dark. */
export const reportStyle = `
:root{color-scheme:light dark;--ground:#fff;--ink:#1c2126;--faint:#5a6570;--line:#c9d0d6;--reference:#8796a5;--current:#0b63b5;--alarm:#b3261e;--good:#1c6b3a;--panel:#f4f6f8}
@media (prefers-color-scheme:dark){:root{--ground:#14181c;--ink:#e6eaee;--faint:#a3aeb9;--line:#3b444d;--reference:#738394;--current:#6fb1f5;--alarm:#ff8a80;--good:#7fd6a0;--panel:#1d2329}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:68rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
h1{font-size:1.5rem;margin:0 0 .75rem}
h2{font-size:1.15rem;margin:2.25rem 0 .5rem}
h3{font-size:1rem;margin:.5rem 0}
p{max-width:48rem}
.verdict{border-left:.35rem solid var(--faint);background:var(--panel);padding:.75rem 1rem;margin:0 0 1rem;max-width:none}
.verdict strong{display:block;text-transform:uppercase;letter-spacing:.05em;font-size:.85rem}
.verdict.stable{border-color:var(--good)}
.verdict.drift,.verdict.performance_alarm,.verdict.data_fault{border-color:var(--alarm)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.5rem 1.5rem;margin:0}
dt{color:var(--faint);font-size:.85rem}
dd{margin:0}
figure{margin:.75rem 0}
figcaption{font-size:.9rem;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto}
/* Where a chart is wider than the screen, its newest end is what is seen first. */
.wide{overflow-x:auto;direction:rtl}
.wide>*{direction:ltr;text-align:left}
.wide svg{min-width:36rem}
svg text{fill:var(--faint);font:11px system-ui,sans-serif}
svg line{stroke:var(--line)}
svg .reference{fill:var(--reference)}
svg .current{fill:var(--current)}
svg .level{fill:none;stroke:var(--current);stroke-width:1.75}
svg .limit{fill:none;stroke:var(--alarm);stroke-width:1.5;stroke-dasharray:6 4}
svg .change{stroke:var(--faint);stroke-dasharray:2 3}
svg .mark{fill:var(--ground);stroke:var(--current);stroke-width:1.75}
svg .mark.alarm{fill:var(--alarm);stroke:var(--alarm)}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:0 1.75rem}
.legend{color:var(--faint);font-size:.9rem}
.key{display:inline-block;width:.85em;height:.85em;margin:0 .2em 0 .8em}
.key.reference{background:var(--reference)}
.key.current{background:var(--current)}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:0 2rem}
ol{padding-left:1.4rem}
li{margin:.4rem 0;overflow-wrap:anywhere}
.queue{color:var(--faint);font-size:.85rem}
details{margin:.75rem 0}
summary{cursor:pointer;padding:.35rem 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.2rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child{text-align:left;font-weight:400}
thead th{color:var(--faint);font-weight:600}
tr.moved th,tr.moved td{font-weight:600}
@media print{main{max-width:none}figure,tr{break-inside:avoid}}
`;
