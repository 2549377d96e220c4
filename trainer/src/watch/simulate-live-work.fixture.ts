import { drawNormal } from "../drift/draw-normal.ts";
import { seededRandom } from "../drift/seeded-random.ts";
import type { JudgedRow } from "./measure-estimated-f1.ts";
import type { LiveDay, LiveWork } from "./read-live-work.ts";

/** A desk whose days differ: in volume, in what is asked, and by chance. */
export type Desk = {
  readonly seed: number;
  readonly perDay: number;
  readonly referenceDays: number;
  readonly watchedDays: number;
  /** Rates on an average day, of the old and the new model. */
  readonly override: readonly [number, number];
  readonly handOff: readonly [number, number];
  readonly blindErrors: readonly [number, number];
  /** Mean confidence; without it no single predictions are made, which takes most of the time. */
  readonly confidence?: readonly [number, number];
  /** Standard deviation of a day's own shift of every rate, in logits. */
  readonly dayEffect: number;
};

/** Two models that are equally good. */
export const equalDesk: Omit<Desk, "seed"> = {
  perDay: 150,
  referenceDays: 14,
  watchedDays: 14,
  override: [0.06, 0.06],
  handOff: [0.3, 0.3],
  blindErrors: [0.2, 0.2],
  dayEffect: 0.25,
};

const labels = ["a", "b", "c", "d", "e", "f"];

/** Monday first: fewer at the week-end, who ask other things. */
const weekVolume = [1.4, 1.2, 1.1, 1.1, 1, 0.3, 0.2];
const weekShift = [0.1, 0, 0, -0.1, 0, 0.3, 0.3];

/** The work of both models as looks every six hours find it. */
export function simulateLiveWork(desk: Desk): { hours: number; old: LiveWork; new: LiveWork }[] {
  const random = seededRandom(desk.seed);
  const firstDay = Math.floor(random() * 7);
  const day = (index: number, model: 0 | 1, quarters: number) => {
    const weekday = (firstDay + index) % 7;
    const shift = (weekShift[weekday] ?? 0) + desk.dayEffect * drawNormal(random);
    return Array.from({ length: quarters }, () =>
      quarter(
        desk,
        model,
        shift,
        `day ${index}`,
        Math.round((desk.perDay * (weekVolume[weekday] ?? 1)) / 4),
        random,
      ),
    );
  };
  const old = collect(Array.from({ length: desk.referenceDays }, (_, index) => day(index, 0, 4)));
  const days = Array.from({ length: desk.watchedDays }, (_, index) => day(desk.referenceDays + index, 1, 4));
  const quarters = days.flatMap((parts, index) => parts.map((part) => ({ part, index })));
  return quarters.map((_, look) => {
    const seen = new Map<number, Part[]>();
    for (const { part, index } of quarters.slice(0, look + 1))
      seen.set(index, [...(seen.get(index) ?? []), part]);
    const work = collect([...seen.values()]);
    // What is younger than a day has had no time to be corrected.
    const judged = collect(
      [...seen.entries()].filter(([index]) => index < Math.floor((look + 1) / 4)).map(([, parts]) => parts),
    );
    const withLag = work.days.map((counts, index) => ({
      ...counts,
      judged: judged.days[index]?.judged ?? 0,
      overridden: judged.days[index]?.overridden ?? 0,
    }));
    return { hours: 6 * (look + 1), old, new: { days: withLag, rows: work.rows } };
  });
}

type Part = { readonly counts: LiveDay; readonly rows: readonly JudgedRow[] };

function quarter(
  desk: Desk,
  model: 0 | 1,
  shift: number,
  day: string,
  predictions: number,
  random: () => number,
): Part {
  const draw = (rate: number, of: number, sign = 1) => {
    const shifted = 1 / (1 + Math.exp(-(Math.log(rate / (1 - rate)) + sign * shift)));
    return Array.from({ length: of }).filter(() => random() < shifted).length;
  };
  const blind = Math.round(predictions * 0.05 + random());
  const counts: LiveDay = {
    predictions,
    judged: predictions,
    overridden: draw(desk.override[model], predictions),
    asked: predictions,
    handedOff: draw(desk.handOff[model], predictions),
    blind,
    blindErrors: draw(desk.blindErrors[model], blind),
  };
  const mean = desk.confidence?.[model];
  const rows = Array.from({ length: mean === undefined ? 0 : predictions }, () => {
    const drawn = (mean ?? 0) - 0.03 * shift + 0.15 * drawNormal(random);
    const confidence = Math.min(0.99, Math.max(0.2, drawn));
    const queue = labels[Math.floor(random() * labels.length)] ?? "a";
    const others = (1 - confidence) / (labels.length - 1);
    return {
      day,
      queue,
      probabilities: Object.fromEntries(
        labels.map((label) => [label, label === queue ? confidence : others]),
      ),
    };
  });
  return { counts, rows };
}

function collect(days: readonly (readonly Part[])[]): LiveWork {
  return {
    days: days.map((parts) => {
      const sum = (of: keyof LiveDay) => parts.reduce((total, { counts }) => total + counts[of], 0);
      return {
        predictions: sum("predictions"),
        judged: sum("judged"),
        overridden: sum("overridden"),
        asked: sum("asked"),
        handedOff: sum("handedOff"),
        blind: sum("blind"),
        blindErrors: sum("blindErrors"),
      };
    }),
    rows: days.flatMap((parts) => parts.flatMap(({ rows }) => rows)),
  };
}
