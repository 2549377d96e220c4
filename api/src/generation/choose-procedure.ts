import { foldText } from "@support-it-agent/shared/text/fold-text";
import type { QuotableUnit } from "./read-quotable-units.ts";

/** A step, by how well it and its heading fit the question. */
export type ScoredStep = QuotableUnit & { readonly score: number; readonly headingScore: number };

/** One numbered list of a document. Its steps build on each other: each of them, in this order. */
export type Procedure<Step extends ScoredStep> = {
  readonly heading: string | null;
  readonly steps: readonly Step[];
  /** True where the document has another one, so that the heading tells them apart. */
  readonly isOneOfSeveral: boolean;
};

/**
 * The numbered list that fits the question best: by its heading and its three best steps; where the words decide nothing, the first one.
 * Null without steps. A list that a chunk's end cuts is put together again, where another passage of the document has the rest.
 */
export function chooseProcedure<Step extends ScoredStep>(steps: readonly Step[]): Procedure<Step> | null {
  const lists = joinCutLists([...Map.groupBy(steps, ({ n, list }) => `${n} ${list}`).values()]);
  let chosen: Step[] | undefined;
  let chosenValue = Number.NEGATIVE_INFINITY;
  for (const [place, list] of lists.entries()) {
    const bestSteps = list.map(({ score }) => score).toSorted((a, b) => b - a);
    const value = sum(bestSteps.slice(0, 3)) + (list[0]?.headingScore ?? 0) + 2 / (2 + place);
    if (value > chosenValue) [chosen, chosenValue] = [list, value];
  }
  if (!chosen) return null;
  return { heading: chosen[0]?.heading ?? null, steps: chosen, isOneOfSeveral: lists.length > 1 };
}

/** A list that does not begin with 1 goes on from the one under its heading that has the step before its first, or that step itself. */
function joinCutLists<Step extends ScoredStep>(lists: readonly Step[][]): Step[][] {
  const begins = (list: readonly Step[]) => list[0]?.order === 1;
  const joined = lists.filter(begins).map((list) => [...list]);
  const rest = lists.filter((list) => !begins(list));
  for (const part of rest.toSorted((a, b) => orderOf(a[0]) - orderOf(b[0]))) {
    const before = joined.find((list) => {
      if (list[0]?.heading !== part[0]?.heading) return false;
      const last = orderOf(list.at(-1));
      const same = list.find(({ order }) => order === part[0]?.order);
      return same ? isSame(same, part[0]) : last === orderOf(part[0]) - 1;
    });
    if (before) before.push(...part.filter(({ order }) => order > orderOf(before.at(-1))));
    else joined.push(part);
  }
  return joined;
}

const orderOf = (step: ScoredStep | undefined) => step?.order ?? 0;

const isSame = (a: ScoredStep, b: ScoredStep | undefined) => foldText(a.text) === foldText(b?.text ?? "");

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
