import { drawNormal } from "../../trainer/src/drift/draw-normal.ts";
import { kMeans, nearestCentroid } from "../../trainer/src/drift/reference/k-means.ts";
import type { Random } from "../../trainer/src/drift/seeded-random.ts";
import type { DriftRow } from "../../trainer/src/drift/windows/drift-row.ts";
import type { Desk, DeskRow } from "./read-desk.ts";

/** What changes in the stream of tickets, from one day on. `size` is a share of the rows (or points of a class's share), 0..1. */
export type Shift =
  | { readonly kind: "new_topic" | "german" | "short" | "misspelt" | "template"; readonly size: number }
  | { readonly kind: "class_up" | "class_down"; readonly size: number; readonly queue: string }
  | { readonly kind: "rerouted"; readonly size: number; readonly queue: string };

/** A simulated row: what the monitor sees, and what an audit of it would say: the label, and whether the predicted queue was wrong. */
export type StreamRow = { readonly row: DriftRow; readonly label: string; readonly isWrong: boolean };

/** How strongly topics depend on the weekday and on the single day: standard deviations of the logarithm of a topic's weight. */
export type DayEffects = { readonly weekday: number; readonly day: number };

export type SimulatedDesk = {
  /** The tickets of one day in order of time. */
  day(number: number, shift?: Shift): StreamRow[];
};

const dayMs = 86_400_000;
/** How often audits find the model wrong without a shift: what the starter bundle has on its own holdout. */
export const errorRate = 0.23;
/** Where re-routed tickets go. */
const elsewhere = "General Technical Support";
const topicCount = 15;
/** Volume by weekday, Monday first. */
const volumes = [1.3, 1.15, 1.1, 1.05, 1, 0.2, 0.15];

/**
 * A desk that draws public tickets with replacement: topics (k-means of the vectors) whose weights depend on the weekday and on the day,
 * volumes that do so too, working hours. Without a shift every day comes from one and the same process, so every alarm is a false one.
 */
export function simulateDesk(
  desk: Desk,
  rowsPerDay: number,
  effects: DayEffects,
  random: Random,
): SimulatedDesk {
  const topics = topicsOf(desk);
  const weekdays = volumes.map(() => topics.map(() => Math.exp(effects.weekday * drawNormal(random))));
  let serial = 0;

  const drawFrom = (weights: readonly number[], accept: (row: DeskRow) => boolean): DeskRow => {
    for (let attempt = 0; attempt < 10_000; attempt += 1) {
      const row = pick(topics[weighted(weights, random)] ?? [], random);
      if (accept(row)) return row;
    }
    throw new RangeError("No public ticket fits this shift.");
  };
  const queueShare = (queue: string) =>
    desk.base.filter(({ trueQueue }) => trueQueue === queue).length / desk.base.length;

  return {
    day: (number, shift) => {
      const weekday = number % 7;
      const weights = topics.map(
        (rows, topic) =>
          rows.length * (weekdays[weekday]?.[topic] ?? 1) * Math.exp(effects.day * drawNormal(random)),
      );
      const count = Math.round(rowsPerDay * (volumes[weekday] ?? 1) * Math.exp(0.15 * drawNormal(random)));
      const times = Array.from({ length: count }, () => (8 + 10 * random()) / 24).sort((a, b) => a - b);
      return times.map((time): StreamRow => {
        const drawn = shifted(shift, weights, queueShare);
        serial += 1;
        return {
          row: toDriftRow(drawn.row, `t${serial}`, Math.floor((number + time) * dayMs)),
          // Tickets of another subject belong to no queue that the desk knows.
          label: drawn.label ?? drawn.row.trueQueue ?? "none of these",
          isWrong: drawn.isWrong,
        };
      });
    },
  };

  function shifted(
    shift: Shift | undefined,
    weights: readonly number[],
    share: (queue: string) => number,
  ): { row: DeskRow; isWrong: boolean; label?: string } {
    const any = drawFrom(weights, () => true);
    const judged = (row: DeskRow) => ({ row, isWrong: random() < errorRate });
    if (shift === undefined) return judged(any);
    switch (shift.kind) {
      case "class_up":
        return judged(
          random() < shift.size / (1 - share(shift.queue))
            ? drawFrom(weights, ({ trueQueue }) => trueQueue === shift.queue)
            : any,
        );
      case "class_down":
        return judged(
          any.trueQueue === shift.queue && random() < shift.size / share(shift.queue)
            ? drawFrom(weights, ({ trueQueue }) => trueQueue !== shift.queue)
            : any,
        );
      case "rerouted":
        // The tickets stay what they are; people now send part of what the model calls this queue elsewhere.
        return any.queue === shift.queue && random() < shift.size / predictedShare(desk, shift.queue)
          ? { row: any, isWrong: true, label: elsewhere }
          : judged(any);
      default: {
        const pools = {
          new_topic: desk.newTopic,
          german: desk.german,
          short: desk.short,
          misspelt: desk.misspelt,
          template: desk.template,
        };
        return judged(random() < shift.size ? pick(pools[shift.kind], random) : any);
      }
    }
  }
}

function predictedShare(desk: Desk, queue: string): number {
  return desk.base.filter((row) => row.queue === queue).length / desk.base.length;
}

const known = new WeakMap<Desk, DeskRow[][]>();

/** The base tickets by topic; the same for every stream of a desk. */
function topicsOf(desk: Desk): DeskRow[][] {
  const before = known.get(desk);
  if (before) return before;
  const centroids = kMeans(
    desk.base.slice(0, 3_000).map(({ embedding }) => embedding),
    topicCount,
    () => 0.5,
  );
  const topics = Array.from({ length: centroids.count }, (): DeskRow[] => []);
  for (const row of desk.base) topics[nearestCentroid(row.embedding, centroids).index]?.push(row);
  known.set(desk, topics);
  return topics;
}

function toDriftRow(row: DeskRow, id: string, at: number): DriftRow {
  const { text, language, numeric, embedding, queue, urgency, queueProbabilities, urgencyProbabilities } =
    row;
  return {
    id,
    at,
    text,
    language,
    caller: null,
    numeric,
    embedding,
    queue,
    urgency,
    queueProbabilities,
    urgencyProbabilities,
  };
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("There is nothing to draw from.");
  return item;
}

function weighted(weights: readonly number[], random: Random): number {
  let place = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const at = weights.findIndex((weight) => {
    place -= weight;
    return place < 0;
  });
  return at < 0 ? weights.length - 1 : at;
}
