import { compareFigure } from "./compare-figure.ts";
import { measureEstimatedF1 } from "./measure-estimated-f1.ts";
import { type DayCount, measureShare } from "./measure-share.ts";
import type { LiveDay, LiveWork } from "./read-live-work.ts";
import type { WatchParams } from "./read-watch-params.ts";
import { type Figure, type FigureName, figureNames, type WatchReport } from "./watch-report.ts";

/**
 * The verdict of one look at the two models' work. Each figure has its part of alpha, so that an equal model is taken back with at most that chance
 * however often one looks; a figure without cases on a side says nothing. A model is kept as soon as it was watched for long enough and looks no worse than the
 * margins; one that looks worse, for what may be chance, is watched on until that is certain or the time is over.
 */
export function judgeWatch(
  work: { readonly hours: number; readonly old: LiveWork; readonly new: LiveWork },
  params: WatchParams,
): WatchReport {
  const { hours } = work;
  const figures = figureNames.flatMap((name) => {
    const [old, current] = [samples[name](work.old), samples[name](work.new)];
    if (old === null || current === null) return [];
    const options = {
      name,
      isBadWhenHigh: name !== "estimated_macro_f1",
      margin: params.margins[name],
      alpha: params.alpha / figureNames.length,
      plannedRows: params.min_predictions,
    };
    return [compareFigure(old, current, options)];
  });
  const count = (of: (day: LiveDay) => number) => work.new.days.reduce((sum, day) => sum + of(day), 0);
  const predictions = count((day) => day.predictions);
  const judged = count((day) => day.judged);
  const seen = { hours, predictions, judged, figures };

  const isEnough = hours >= params.min_hours && judged >= params.min_predictions;
  const isOver = hours >= params.max_days * 24;
  const isEarly = predictions >= params.early_predictions;
  const worst = figures
    .filter(({ finding }) => finding === "hard_breach" || (finding === "breach" && (isEnough || isOver)))
    .sort((a, b) => b.low - b.margin - (a.low - a.margin))[0];
  if (worst && (isEarly || isOver)) {
    return { ...seen, verdict: "breach", reason: describeBreach(worst), breach: worst.name };
  }
  const doubtful = figures.filter(({ worsening, margin }) => worsening > margin);
  const figuresSaid = figures.map(describe).join("; ") || "there is nothing to compare with";
  if (isOver || (isEnough && doubtful.length === 0)) {
    const reason = `Not worse beyond doubt after ${round(hours)} h and ${predictions} predictions: ${figuresSaid}.`;
    return { ...seen, verdict: "kept", reason, breach: null };
  }
  const wanted = `${round(hours)} of ${params.min_hours} h, ${judged} of ${params.min_predictions} predictions that could have been corrected`;
  return {
    ...seen,
    verdict: "watching",
    reason: `Too early to say (${wanted}): ${figuresSaid}.`,
    breach: null,
  };
}

const share = (of: (day: LiveDay) => DayCount) => (work: LiveWork) => measureShare(work.days.map(of));

const samples = {
  override_rate: share(({ overridden, judged }) => ({ hits: overridden, of: judged })),
  hand_off_rate: share(({ handedOff, asked }) => ({ hits: handedOff, of: asked })),
  blind_error_rate: share(({ blindErrors, blind }) => ({ hits: blindErrors, of: blind })),
  estimated_macro_f1: ({ rows }: LiveWork) => measureEstimatedF1(rows),
};

const words: Readonly<Record<FigureName, string>> = {
  override_rate: "share of predictions that agents corrected",
  hand_off_rate: "share of questions handed off",
  blind_error_rate: "share of errors in blind labels",
  estimated_macro_f1: "estimated macro-F1",
};

function describe({ name, old, new: current }: Figure): string {
  return `${words[name]} ${percent(old.value)} -> ${percent(current.value)}`;
}

function describeBreach(figure: Figure): string {
  const { old, new: current, worsening, low, margin } = figure;
  return (
    `${describe(figure)} (of ${old.rows} and ${current.rows}): worse by ${points(worsening)}, for certain by ` +
    `more than ${points(low)}, and ${points(margin)} are tolerated.`
  );
}

const round = (hours: number) => Math.floor(hours);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const points = (value: number) => `${(100 * value).toFixed(1)} points`;
