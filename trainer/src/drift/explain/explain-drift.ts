import { seededRandom } from "../seeded-random.ts";
import type { Statistic } from "../statistics/statistic.ts";
import type { DriftRow } from "../windows/drift-row.ts";
import { domainClassifier } from "./domain-classifier.ts";
import { maximumMeanDiscrepancy } from "./maximum-mean-discrepancy.ts";
import { type MovedWord, movedWords } from "./moved-words.ts";

export type MovedTicket = {
  readonly id: string;
  readonly text: string;
  readonly queue: string;
  /** Logit of "this is a ticket of the window, not of the reference". */
  readonly score: number;
};

/** What an alarm is about, for people. Plain JSON. */
export type Explanation = {
  /** Null where a side has too few vectors. */
  readonly domainClassifier: Statistic | null;
  readonly maximumMeanDiscrepancy: Statistic | null;
  readonly words: { readonly up: readonly MovedWord[]; readonly down: readonly MovedWord[] };
  /** The window's tickets that are least like the reference, the first of each kind. */
  readonly tickets: readonly MovedTicket[];
};

/** Rows of a side that are read by the classifier and by MMD, words and tickets that are named, characters of a ticket. */
const [classifierRows, kernelRows, wordCount, ticketCount, ticketCharacters] = [1_000, 250, 12, 8, 280];

/** Tickets with a higher cosine say the same to a reader, so one of them is shown. */
const alike = 0.85;

/**
 * Says what moved, after an alarm and only then: these statistics are searches for the most striking, so they explain an alarm and never make
 * one. `reference` and `window` are rows after near-duplicates were collapsed. About a second for 1,000 rows of each.
 */
export function explainDrift(
  reference: readonly DriftRow[],
  window: readonly DriftRow[],
  seed: number,
): Explanation {
  const random = seededRandom(seed);
  const [before, now] = [
    spread(withVectors(reference), classifierRows),
    spread(withVectors(window), classifierRows),
  ];
  const isEnough = before.length >= 4 && now.length >= 4;
  const vectorsOf = (rows: readonly { vector: Float32Array }[]) => rows.map(({ vector }) => vector);
  const told = isEnough ? domainClassifier(vectorsOf(before), vectorsOf(now)) : null;
  return {
    domainClassifier: told?.statistic ?? null,
    maximumMeanDiscrepancy: isEnough
      ? maximumMeanDiscrepancy(
          vectorsOf(spread(before, kernelRows)),
          vectorsOf(spread(now, kernelRows)),
          199,
          random,
        )
      : null,
    words: movedWords(
      reference.map(({ text }) => text),
      window.map(({ text }) => text),
      wordCount,
    ),
    tickets: told === null ? [] : mostMoved(now, told.windowScores),
  };
}

type Placed = { readonly row: DriftRow; readonly vector: Float32Array };

function withVectors(rows: readonly DriftRow[]): Placed[] {
  return rows.flatMap((row) => (row.embedding === null ? [] : [{ row, vector: row.embedding }]));
}

/** `count` of the items, evenly over their order. */
function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, k) => items[Math.floor((k * items.length) / count)]).filter(
    (item) => item !== undefined,
  );
}

function mostMoved(rows: readonly Placed[], scores: readonly number[]): MovedTicket[] {
  const ranked = rows
    .map((placed, at) => ({ ...placed, score: scores[at] ?? 0 }))
    .sort((a, b) => b.score - a.score);
  const shown: typeof ranked = [];
  for (const candidate of ranked) {
    if (shown.length === ticketCount || candidate.score <= 0) break;
    const { row, vector } = candidate;
    const isSeen = shown.some(
      (other) => other.row.text === row.text || cosine(other.vector, vector) >= alike,
    );
    if (!isSeen) shown.push(candidate);
  }
  return shown.map(({ row: { id, text, queue }, score }) => ({
    id,
    queue,
    score,
    text: text.slice(0, ticketCharacters),
  }));
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);
}
