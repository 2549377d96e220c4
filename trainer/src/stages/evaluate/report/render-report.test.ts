import { expect, test } from "vitest";
import { measureTexts } from "../measure-texts.ts";
import { exampleEvaluation } from "./example-evaluation.ts";
import { renderReport } from "./render-report.ts";

const evaluation = exampleEvaluation();
const page = renderReport(evaluation, { showTexts: true });

test("the page asks nothing of anybody: no script, no address, no file beside it", () => {
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:|\ssrc=|\son[a-z]+=/i);
});

test("what a requester typed is text, never markup", () => {
  expect(page).toContain("&lt;script&gt;alert(&quot;no&quot;)&lt;/script&gt;");
  expect(page).toContain("Mail &amp; calendar");
});

test("the copy for others holds no text of a ticket, and the same figures", () => {
  const copy = renderReport(evaluation, { showTexts: false });
  expect(copy).not.toContain("of somebody");
  expect(copy).toContain(`${evaluation.outcomes.queue.findLast(({ correct }) => !correct)?.id}, `);
  expect(copy).toContain(evaluation.metrics.holdout!.queue!.classes.Wires!.f1.toFixed(2));
});

test("the worst mistake is the wrong answer that the model was surest of", () => {
  const worst = evaluation.outcomes.queue.filter(({ correct }) => !correct).at(-1)!;
  const first = page.slice(page.indexOf('class="mistakes"')).match(/(r\d+), (en|fr)/);
  expect(first?.[1]).toBe(worst.id);
});

test("a bundle with an earlier one beside it says by how many points it is better or worse", () => {
  const { queue, urgency } = evaluation.metrics.holdout!;
  const figures = (macroF1: number) => ({ rows: 90, accuracy: 0.5, macroF1, ece: 0.1 });
  const compared = renderReport(
    exampleEvaluation({
      previous: {
        version: "2025.12.01-000000",
        holdout: { queue: figures(queue!.macroF1 - 0.021), urgency: figures(urgency!.macroF1 + 0.035) },
      },
    }),
    { showTexts: false },
  );
  expect(compared).toContain("2.1 points better");
  expect(compared).toContain("3.5 points worse");
  expect(page).toContain("no earlier bundle");
});

test("no urgency, no recent rows, no holdout: each is said", () => {
  const { metrics } = evaluation;
  const noUrgency = exampleEvaluation({
    metrics: { ...metrics, holdout: { ...metrics.holdout!, urgency: null, urgencyActedOn: null } },
    outcomes: { ...evaluation.outcomes, urgency: [] },
  });
  const without = renderReport(noUrgency, { showTexts: true });
  expect(without).toContain("No ticket of the holdout has a label of this kind");
  expect(without).not.toContain("NaN");
  expect(page).toContain("no recent window");
  const empty = exampleEvaluation({
    metrics: { ...metrics, holdout: measureTexts([], [], 1) },
    outcomes: { queue: [], urgency: [] },
  });
  expect(renderReport(empty, { showTexts: true })).toContain("holds no row to measure on");
});

test("every number that is drawn is a number", () => {
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});
