import type { Metrics, PreviousMetrics } from "../evaluation.ts";
import { formatShare } from "./format-share.ts";
import { type Html, html } from "./html.ts";
import { scrollTable } from "./scroll-table.ts";

/** This bundle beside the last other one of the data set, the newest tickets, the test set and the other seed. */
export function renderComparison(metrics: Metrics, previous: PreviousMetrics | null): Html {
  const { holdout, recent, testSet, secondSeed, baseline, everydayQuestions } = metrics;
  const row = (name: string, measures: Headline) =>
    html`<tr><th scope="row">${name}</th>${cells(measures?.queue)}${cells(measures?.urgency)}</tr>`;
  return html`
  <section id="compared">
    <h2>Compared</h2>
${scrollTable(
  "compared-table",
  html`The same figures, measured elsewhere`,
  "wide",
  html`<thead><tr><th rowspan="2" scope="col">Measured on</th><th colspan="3" scope="colgroup" class="group">Queue</th><th colspan="3" scope="colgroup" class="group">Urgency</th></tr>
        <tr>${[0, 1].map(() => html`<th scope="col">tickets</th><th scope="col">right</th><th scope="col">macro-F1</th>`)}</tr></thead>
      <tbody>
        ${row("holdout, this bundle", holdout)}
        ${previous ? row(`holdout, bundle ${previous.version}`, previous.holdout) : null}
        ${secondSeed ? row("holdout, trained from the other seed", withRows(metrics)) : null}
        ${baseline ? row("holdout, a plain linear model", baseline) : null}
        ${recent ? row("the newest tickets", recent) : null}
        ${testSet ? row("test set, tickets of another hand", testSet) : null}
      </tbody>`,
)}
    ${baseline ? leads(baseline) : null}
    ${previous ? change(metrics, previous) : html`<p>There is no earlier bundle of this data set to compare with.</p>`}
    ${recent ? null : html`<p>There is no recent window: this snapshot's rows have no time, or too few are new. Whether the desk's tickets have changed since training cannot be seen here.</p>`}
    ${
      everydayQuestions
        ? html`<p>Of ${everydayQuestions.rows} short everyday questions, ${formatShare(everydayQuestions.queueAccepted)} get a queue and ${formatShare(everydayQuestions.urgencyAccepted)} an urgency that a service desk would accept.</p>`
        : null
    }
  </section>`;
}

/** By how much the bundle is better than the least that a model has to be. */
function leads(baseline: NonNullable<Metrics["baseline"]>): Html {
  const points = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value * 100).toFixed(1)}`;
  const parts = (["queue", "urgency"] as const).flatMap((kind) => {
    const { lead } = baseline[kind] ?? {};
    if (!lead) return [];
    const range = lead.intervals.macroF1;
    return [
      html`<li>${kind}: ${points(lead.macroF1)} points of macro-F1${range ? `, 95 % sure: ${points(range[0])} to ${points(range[1])}` : ""}</li>`,
    ];
  });
  return html`<p>Against the plain linear model, both on the same tickets:</p><ul>${parts}</ul>`;
}

type Headline = Readonly<Record<"queue" | "urgency", Figures | null>> | null;
type Figures = { readonly rows?: number; readonly accuracy: number; readonly macroF1: number };

function cells(figures: Figures | null | undefined): Html {
  if (!figures) return html`<td>–</td><td>–</td><td>–</td>`;
  return html`<td>${figures.rows ?? "–"}</td><td>${formatShare(figures.accuracy)}</td><td>${figures.macroF1.toFixed(3)}</td>`;
}

function withRows({ holdout, secondSeed }: Metrics): Headline {
  const of = (kind: "queue" | "urgency") => {
    const figures = secondSeed?.[kind];
    return figures ? { ...figures, rows: holdout?.[kind]?.rows ?? 0 } : null;
  };
  return { queue: of("queue"), urgency: of("urgency") };
}

/** In words, with the caution that the two were not drawn together: the gate compares both on the same rows. */
function change({ holdout }: Metrics, previous: PreviousMetrics): Html {
  const parts = (["queue", "urgency"] as const).flatMap((kind) => {
    const [now, before] = [holdout?.[kind], previous.holdout[kind]];
    if (!now || !before) return [];
    const points = (now.macroF1 - before.macroF1) * 100;
    const word = points > 0 ? "better" : points < 0 ? "worse" : "";
    const text = points === 0 ? "as before" : `${Math.abs(points).toFixed(1)} points ${word}`;
    const sameRows = now.rows === before.rows ? "" : ` (on ${before.rows} rows then, ${now.rows} now)`;
    return [html`<li>${kind}: macro-F1 <strong class="${word}">${text}</strong>${sameRows}</li>`];
  });
  return html`<p>Against bundle ${previous.version}:</p><ul>${parts}</ul>
    <p class="soft">Differences within the whiskers above may be chance. What decides on a promotion is the gate, which lets both bundles answer the same rows.</p>`;
}
