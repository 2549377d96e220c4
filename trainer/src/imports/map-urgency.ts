import type { Urgency } from "@support-it-agent/shared/labels";
import { foldText } from "@support-it-agent/shared/text/fold-text";

const words: Readonly<Record<Urgency, readonly string[]>> = {
  high: [
    "critical",
    "critique",
    "urgent",
    "urgente",
    "high",
    "highest",
    "haute",
    "elevee",
    "tres haute",
    "very high",
  ].concat(["major", "majeure", "majeur", "blocker", "bloquant", "bloquante", "emergency", "immediate"]),
  medium: ["medium", "moyenne", "moyen", "normal", "normale", "moderate", "moderee", "average", "standard"],
  low: [
    "low",
    "lowest",
    "very low",
    "basse",
    "tres basse",
    "faible",
    "tres faible",
    "minor",
    "mineure",
    "mineur",
  ].concat(["trivial", "planning", "planification"]),
};

/** ITIL: 1 critical, 2 high, 3 medium, 4 low, 5 planning. */
const byNumber: readonly Urgency[] = ["high", "high", "medium", "low", "low"];

/**
 * An export's priority as one of our three urgencies: critical and high -> high; medium; low and very low -> low, in any case, with
 * or without accents, English or French, and ITIL's P1 to P5 or 1 to 5 (1 is the most urgent; "3 - Moderate" goes by its word).
 * `given` goes first, by the value as it stands. Undefined where the value is none of these.
 */
export function mapUrgency(
  value: string,
  given: ReadonlyMap<string, Urgency | null> = new Map(),
): Urgency | null | undefined {
  const folded = foldText(value.trim()).replace(/[_\s]+/g, " ");
  const own = given.get(folded);
  if (own !== undefined) return own;
  const word = folded.replace(/^p?\d\s*[-:.)]?\s*/, "").replace(/ (priority|urgency|priorite|urgence)$/, "");
  const named = (Object.keys(words) as Urgency[]).find((urgency) => words[urgency].includes(word));
  const number = /^(?:p|prio|priority|priorite)?[\s-]?([1-5])(?!\d)/.exec(folded)?.[1];
  return named ?? (word === "" || /^p/.test(folded) ? byNumber[Number(number) - 1] : undefined);
}
