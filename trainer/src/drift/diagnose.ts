import type { ErrorReading, SuspectQueue } from "./assess-errors.ts";
import type { ChartReading } from "./assess-window.ts";
import type { DriftParams } from "./drift-params.ts";
import type { Burst } from "./windows/collapse-near-duplicates.ts";
import type { DataFault } from "./windows/find-data-faults.ts";

/** What a window tells. The order is the order of precedence; only the two alarms train. */
export type Diagnosis = "not_enough_data" | "data_fault" | "performance_alarm" | "drift" | "burst" | "stable";

/**
 * The one place that decides. A performance alarm (audited errors, or a lasting drop of the estimated performance) comes before
 * drift, since it says that the change hurts. A burst alone is an incident to be told of; drift beside a burst is drift, for the copies
 * were taken out before anything was compared.
 */
export function diagnose(found: {
  readonly isEnough: boolean;
  readonly rows: number;
  readonly faults: readonly DataFault[];
  readonly bursts: readonly Burst[];
  readonly reading: ChartReading | null;
  readonly errors: ErrorReading;
  readonly params: DriftParams;
}): { diagnosis: Diagnosis; reason: string } {
  const { faults, bursts, reading, errors, params } = found;
  const [fault] = faults;
  if (fault) return { diagnosis: "data_fault", reason: describeFault(fault, faults.length - 1) };

  const isWrongTooOften = errors.anytime >= errors.anytimeLimit || errors.sinceRestart >= errors.restartLimit;
  if (isWrongTooOften) {
    const { audits, errors: wrong, toleratedRate, suspect } = errors;
    const reason =
      `${wrong} of ${audits} audited predictions were wrong, against a tolerated ${percent(toleratedRate ?? 0)}: evidence ` +
      `${number(errors.anytime)} (limit ${number(errors.anytimeLimit)}), since its restart ${number(errors.sinceRestart)} ` +
      `(limit ${number(errors.restartLimit)})${suspect ? `; most against ${describeSuspect(suspect)}` : ""}.`;
    return { diagnosis: "performance_alarm", reason };
  }
  if (!found.isEnough || reading === null) {
    const reason = `${found.rows} rows after near-duplicates, ${params.windows.minRows} are needed.`;
    return { diagnosis: "not_enough_data", reason };
  }
  const { needed, of } = params.chart.persistence;
  const lasting = `in ${needed} of the last ${of} windows`;
  const { performance, suite, single, shares } = reading;
  if (performance.persistent >= performance.limit) {
    const reason =
      `The macro-F1 that the model expects of itself fell to ${performance.macroF1.toFixed(3)} (usual ` +
      `${performance.usualMacroF1.toFixed(3)}), chart ${number(performance.persistent)} >= ${number(performance.limit)} ${lasting}.`;
    return { diagnosis: "performance_alarm", reason };
  }
  if (suite.persistent >= suite.limit) {
    const reason =
      `Features worth ${percent(reading.driftShare)} of the model's weight have moved (limit ${percent(reading.driftShareLimit)}), ` +
      `chart ${number(suite.persistent)} >= ${number(suite.limit)} ${lasting}; most: ${namesOfMost(reading)}.`;
    return { diagnosis: "drift", reason };
  }
  if (single.persistent >= single.limit) {
    const reason =
      `A feature is far out of its range ${lasting}: chart ${number(single.persistent)} >= ${number(single.limit)}; ` +
      `most: ${namesOfMost(reading)}.`;
    return { diagnosis: "drift", reason };
  }
  if (shares.persistent >= shares.limit) {
    const reason =
      `The share of a queue has moved for some windows: chart ${number(shares.persistent)} >= ${number(shares.limit)}; ` +
      `most: ${queuesOfMost(reading)}.`;
    return { diagnosis: "drift", reason };
  }
  const [burst] = bursts;
  if (burst) {
    const reason =
      `${burst.rows} tickets within the hour of ${new Date(burst.hour).toISOString()} say the same (${burst.queue}): a probable ` +
      `incident${bursts.length > 1 ? `, and ${bursts.length - 1} more` : ""}. They count once, and train nothing.`;
    return { diagnosis: "burst", reason };
  }
  const reason =
    `Suite at ${number(suite.level)} of ${number(suite.limit)}, single features at ${number(single.level)} of ${number(single.limit)}, ` +
    `queues' shares at ${number(shares.level)} of ${number(shares.limit)}.`;
  return { diagnosis: "stable", reason };
}

function describeSuspect({ queue, audits, errors, toleratedRate }: SuspectQueue): string {
  return `${queue}, ${errors} of ${audits} wrong, tolerated ${percent(toleratedRate)}`;
}

const faultWords: Record<DataFault["kind"], (subject: string) => string> = {
  missing_values: (subject) => `of the rows lack ${subject}`,
  empty_text: () => "of the rows have no text",
  foreign_language: (subject) => `of the rows are in the language "${subject}"`,
  constant_column: (subject) => `of the rows have one and the same ${subject}, which used to vary`,
  one_caller: (subject) => `of the rows come from one caller (${subject})`,
};

function describeFault({ kind, subject, share, limit }: DataFault, more: number): string {
  const others = more > 0 ? ` ${more} more faults are listed.` : "";
  return `${percent(share)} ${faultWords[kind](subject)} (limit ${percent(limit)}): mend the source; nothing is trained on it.${others}`;
}

function namesOfMost({ features }: ChartReading): string {
  const most = features.filter(({ weight }) => weight > 0).sort((a, b) => b.smoothed - a.smoothed);
  return most
    .slice(0, 4)
    .map(({ name, smoothed }) => `${name} ${number(smoothed)}`)
    .join(", ");
}

/** "Security +4.1 points (chart 5.10), ...": the two that moved most. */
function queuesOfMost({ shares: { queues } }: ChartReading): string {
  const most = queues.toSorted((a, b) => Math.abs(b.move) - Math.abs(a.move)).slice(0, 2);
  return most
    .map(({ queue, gap, move }) => {
      const points = gap === null ? "" : ` ${gap < 0 ? "" : "+"}${(100 * gap).toFixed(1)} points`;
      return `${queue}${points} (chart ${number(move)})`;
    })
    .join(", ");
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const number = (value: number) => (Math.abs(value) >= 1_000 ? value.toExponential(1) : value.toFixed(2));
