import type { Manifest } from "@support-it-agent/shared/bundle/manifest";
import type { GateReport } from "../gate/gate-report.ts";

type Range = readonly [number, number] | null | undefined;

type LabelFigures = {
  readonly rows: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly ece: number;
  readonly coverage: number;
  readonly precisionWhereCovered: number | null;
  readonly classes: Readonly<
    Record<string, { precision: number; recall: number; f1: number; support: number }>
  >;
  readonly intervals: { readonly accuracy?: Range; readonly weightedF1?: Range };
  readonly slices: Readonly<Record<string, { rows: number; accuracy: number; interval?: Range }>>;
};

type Measured = {
  readonly queue?: LabelFigures | null | undefined;
  readonly urgency?: LabelFigures | null | undefined;
};

/** What the card reads of metrics.json. */
export type CardMetrics = {
  readonly holdout?: Measured | null | undefined;
  readonly recent?: Measured | null | undefined;
};

/** What the card reads of the snapshot's description. */
export type CardData = {
  readonly row_count: number;
  readonly group_count: number;
  readonly splits: Readonly<Record<string, number>>;
  readonly queues: Readonly<Record<string, number>>;
  readonly urgencies: Readonly<Record<string, number>>;
  readonly languages: Readonly<Record<string, number>>;
  readonly time: { readonly first: string | null; readonly last: string | null };
};

export type CardFacts = {
  readonly dataSet: string;
  readonly cycleId: string;
  readonly baseCommit: string;
  readonly manifest: Manifest;
  readonly bundleHash: string;
  readonly metrics: CardMetrics;
  readonly data: CardData;
  readonly gate: GateReport;
  readonly reason: string;
};

/** So many weak spots are named, of groups of at least so many rows. */
const [weakSpots, leastRows] = [3, 30];

/** The model card as Markdown: what the model is for, what it learnt from, how good it is and where not, and where it comes from. */
export function renderModelCard(facts: CardFacts): string {
  const { manifest, dataSet } = facts;
  const parts = [
    `# Model ${manifest.version} of \`${dataSet}\``,
    "Names the queue and the urgency of an IT support question, and whether it is one for IT at all, each with a calibrated probability. It advises the desk and " +
      "the answers of this product. It was not made to judge people, nor to act without a person where a wrong queue or urgency does harm; below its thresholds it abstains.",
    section("Why it was trained", [plain(facts.reason)]),
    section("What it learnt from", dataLines(facts.data)),
    section("How good it is", figures(facts.metrics)),
    section("Where it is weak", weaknesses(facts)),
    section("Thresholds", thresholds(manifest)),
    section("The gate", gateLines(facts.gate)),
    section("Where it comes from", lineage(facts)),
    section("Licence", [
      "Its vectors are made by sentence-transformers/all-MiniLM-L6-v2, whose weights are Apache-2.0 and are no part of the bundle. The bundle itself was fitted on the tickets named above " +
        "and is theirs who own those.",
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return `## ${title}\n\n${lines.join("\n")}`;
}

function dataLines({
  row_count,
  group_count,
  splits,
  queues,
  urgencies,
  languages,
  time,
}: CardData): string[] {
  return [
    `- ${row_count} rows in ${group_count} near-duplicate groups: ${counts(splits)}.`,
    `- ${time.first === null || time.last === null ? "Its rows have no times." : `From ${time.first.slice(0, 10)} to ${time.last.slice(0, 10)}.`}`,
    `- Queues: ${counts(queues)}.`,
    `- Urgencies: ${counts(urgencies)}.`,
    `- Languages: ${counts(languages)}.`,
    "- Texts were redacted before anything was learnt from them; none is in this card or in git.",
  ];
}

function figures({ holdout, recent }: CardMetrics): string[] {
  const rows = (
    [
      ["holdout", holdout],
      ["newest rows", recent],
    ] as const
  ).flatMap(([name, measured]) =>
    (["queue", "urgency"] as const).flatMap((label) => {
      const found = measured?.[label];
      return found ? [figureRow(`${label}, ${name}`, found)] : [];
    }),
  );
  if (rows.length === 0) return ["Nothing was held out to measure it on."];
  return [
    "| Label | Rows | Accuracy | Weighted F1 | Macro F1 | Calibration error | Trusted | Right where trusted |",
    "|---|---|---|---|---|---|---|---|",
    ...rows,
    "",
    "In brackets the range of 95 % of 2,000 draws of near-duplicate groups.",
  ];
}

function figureRow(name: string, of: LabelFigures): string {
  const { intervals } = of;
  const cells = [name, of.rows, `${number(of.accuracy)}${ranged(intervals.accuracy)}`];
  cells.push(`${number(of.weightedF1)}${ranged(intervals.weightedF1)}`, number(of.macroF1), number(of.ece));
  return `| ${[...cells, number(of.coverage), number(of.precisionWhereCovered)].join(" | ")} |`;
}

function weaknesses({ metrics, manifest, gate }: CardFacts): string[] {
  const lines = (["queue", "urgency"] as const).flatMap((label) => {
    const found = metrics.holdout?.[label];
    if (!found) return [];
    const classes = Object.entries(found.classes)
      .sort(([a, x], [b, y]) => x.f1 - y.f1 || (a < b ? -1 : 1))
      .slice(0, weakSpots)
      .map(([name, { f1, support }]) => `${plain(name)} (F1 ${number(f1)}, ${support} rows)`);
    const slices = Object.entries(found.slices)
      .filter(([, { rows }]) => rows >= leastRows)
      .sort(([a, x], [b, y]) => x.accuracy - y.accuracy || (a < b ? -1 : 1))
      .slice(0, weakSpots)
      .map(([name, { accuracy, rows }]) => `${plain(name)} (accuracy ${number(accuracy)}, ${rows} rows)`);
    return [
      `- Lowest F1 of ${label}: ${classes.join("; ")}.`,
      ...(slices.length > 0 ? [`- Lowest accuracy of ${label} by slice: ${slices.join("; ")}.`] : []),
    ];
  });
  const never = (["queue", "urgency"] as const).flatMap((label) =>
    Object.entries(manifest.thresholds[label]).flatMap(([name, least]) => (least >= 1 ? [plain(name)] : [])),
  );
  if (never.length > 0) lines.push(`- Never trusted, for want of proof: ${never.join(", ")}.`);
  lines.push(...gate.notes.map((note) => `- ${plain(note)}`));
  return lines.length > 0 ? lines : ["Nothing was measured."];
}

function thresholds({ thresholds: of, scope_threshold, urgency_round_up_share }: Manifest): string[] {
  const rows = (["queue", "urgency"] as const).flatMap((label) =>
    Object.entries(of[label]).map(
      ([name, least]) => `| ${label} | ${plain(name)} | ${least >= 1 ? "never" : number(least, 4)} |`,
    ),
  );
  return [
    "| Label | Value | Trusted from a probability of |",
    "|---|---|---|",
    ...rows,
    "",
    `Out of scope from ${number(scope_threshold, 4)} on. An urgency that is not trusted is rounded up where the next one has ${number(urgency_round_up_share, 2)} or more.`,
  ];
}

function gateLines({ reason, checks, comparedWith, serving }: GateReport): string[] {
  const other =
    comparedWith === "serving" && serving ? `model ${serving.version}` : (comparedWith ?? "nothing");
  return [
    `${plain(reason)} Compared with ${other}.`,
    "",
    "| Key | Check | | Found |",
    "|---|---|---|---|",
    ...checks.map(
      ({ key, name, status, why }) =>
        `| ${key} | ${plain(name)} | ${status.replaceAll("_", " ")} | ${plain(why)} |`,
    ),
  ];
}

function lineage({ manifest, bundleHash, baseCommit, cycleId }: CardFacts): string[] {
  const { lineage: from, files, feature_hash, embedder } = manifest;
  const libraries = Object.entries(from.libraries).map(([name, version]) => `${name} ${version}`);
  return [
    `- Bundle: \`${bundleHash}\``,
    `- Training cycle: \`${cycleId}\`, from commit \`${baseCommit}\``,
    `- Data (DVC): \`${from.data_md5}\`; seed ${from.seed}; the parameters are in the bundle's manifest and in params.yaml`,
    `- Features: \`${feature_hash.slice(0, 16)}\`; vectors: ${embedder}`,
    `- Libraries: ${libraries.sort().join(", ")}`,
    ...Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { sha256, bytes }]) => `- \`${name}\`: ${bytes} bytes, sha256 \`${sha256}\``),
  ];
}

function counts(of: Readonly<Record<string, number>>): string {
  const named = Object.entries(of).filter(([, count]) => count > 0);
  return named.map(([name, count]) => `${plain(name)} ${count}`).join(", ") || "none";
}

function ranged(range: Range): string {
  return range ? ` (${number(range[0])} to ${number(range[1])})` : "";
}

function number(value: number | null, digits = 3): string {
  return value === null ? "–" : value.toFixed(digits);
}

/** One line that Markdown shows as it stands: what names data may be anything. */
function plain(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .replace(/[|<>`*_[\]\\]/g, (mark) => `\\${mark}`)
    .trim();
}
